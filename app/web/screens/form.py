"""Forms of screens that are written by hand: WTForms through Flask-WTF, in the product's words.

A screen declares a class, asks `validate_on_submit`, hands what a rule refuses to `refuse`, and gives
the form to its template, which draws it with `macros/forms.html`. Records have forms of another kind:
those are made of metadata and read by `app.web.form.input` (decision 90).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import TextArea

from app.core.db.row_ids import id_of
from app.core.errors import Fault, Rejected, Stale, UserError

UNKNOWN = "请从列表中选择"
HIDDEN = "页面自带的内容"  # of what no label stands beside


class ScreenForm(FlaskForm):
    """What somebody typed into a screen, what is wrong with it, and how the answer is to say so."""

    def __init__(self, *, afresh: bool = False, **given: Any) -> None:
        # Files are read by fields that want one: no other field meets something that is not text.
        sent = request.form if self.is_submitted() and not afresh else None
        super().__init__(formdata=sent, **given)
        self.refusal = ""
        self.faults: dict[str, str] = {}  # what a rule said of places that are no field of ours
        self.status = 200

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether everything typed can be taken; say how much cannot."""
        valid = bool(super().validate(extra_validators))
        if not valid:
            hidden = [
                str(error)
                for field in self
                if isinstance(field, HiddenField)
                for error in field.errors
            ]
            number = sum(bool(field.errors) for field in self)
            self.refusal = "；".join(hidden) or f"有 {number} 处需要修改"
            self.status = 422
        return valid

    def refuse(self, error: UserError, **names: str) -> None:
        """Put what a rule refused beside the field that it names; what names none goes to `faults`.

        `names` maps a name of the rule's to a field's where the two differ.
        """
        self.status, self.refusal = error.status, error.message
        for fault in error.faults:
            field = self._fields.get(names.get(fault.path, fault.path))
            if field is None or isinstance(field, HiddenField):
                self.faults[fault.path] = fault.message
            else:
                field.errors = [*field.errors, fault.message]

    def lock(self, *names: str) -> None:
        """Show fields that cannot be changed here: what was sent of them is neither taken nor checked."""
        for name in names:
            field = self._fields[name]
            field.data, field.validators = field.object_data, ()

    def checked(self) -> Self:
        """Return the form; raises Rejected where it cannot be taken.

        For buttons and dialogs, whose page says what was refused as it says what a rule refuses.
        """
        if not self.validate_on_submit():
            faults = [Fault(field.name, str(said)) for field in self for said in field.errors]
            raise Rejected(faults, "；".join(fault.message for fault in faults))
        return self

    @property
    def sentence(self) -> str:
        """What is said of the form as a whole."""
        rest = "；".join(list(dict.fromkeys(self.faults.values()))[:5])
        return f"{self.refusal}：{rest}" if rest else self.refusal

    @property
    def is_marked(self) -> bool:
        """Tell whether what is wrong stands beside a field."""
        return any(field.errors for field in self if not isinstance(field, HiddenField))


class Required:
    """Refuses a field in which nothing but blanks stands."""

    field_flags = {"required": True}

    def __init__(self, message: str = "") -> None:
        self.message = message

    def __call__(self, form: ScreenForm, field: Field) -> None:
        """Refuse an empty field."""
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise ValidationError(self.message or f"请填写{field.label.text}")


class Longest:
    """Refuses what is longer than the browser lets anybody type."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form: ScreenForm, field: Field) -> None:
        """Refuse what is too long; nothing is cut."""
        number = len(field.data or "")
        if number > self.most:
            said = f"{field.label.text or HIDDEN}不能超过 {self.most} 个字，现有 {number} 个"
            raise ValidationError(said)


Demand = bool | str  # whether a field must be filled, or the words that say so


def _checks(required: Demand, longest: int | None = None) -> list[Any]:
    checks: list[Any] = [Longest(longest)] if longest else []
    if required:
        checks.append(Required(required if isinstance(required, str) else ""))
    return checks


class _Typed:
    """A field of one text: what was not sent is empty, whatever the form began with."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the first of what was sent."""
        self.data = valuelist[0] if valuelist else ""


class TextField(_Typed, StringField):
    """One line of text without blanks at its ends."""

    def __init__(
        self,
        label: str,
        *,
        required: Demand = False,
        longest: int = 100,
        help: str = "",
        **more: Any,
    ) -> None:
        kind = more.pop("type", "text")
        more.setdefault("filters", [_trimmed])
        super().__init__(label, _checks(required, longest), description=help, **more)
        self.kind = kind


class LongTextField(TextField):
    """Some lines of text as they were typed, with line ends as they are kept."""

    widget = TextArea()

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, filters=[_text], **more)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the text; browsers send both characters of a line end."""
        super().process_formdata(valuelist)
        self.data = self.data.replace("\r\n", "\n")


class DayField(TextField):
    """A day; what was typed is kept where it is none."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, longest=10, type="date", **more)

    def pre_validate(self, form: ScreenForm) -> None:
        """Refuse what is no day."""
        if self.data and self.day is None:
            raise ValidationError("请填写日期，如 2026-03-01")

    @property
    def day(self) -> date | None:
        """The day that was typed."""
        try:
            return date.fromisoformat(self.data)
        except ValueError:
            return None


class SecretField(_Typed, PasswordField):
    """A password: kept as it was typed, and never sent back."""

    def __init__(self, label: str, *, required: Demand = True, help: str = "", **more: Any) -> None:
        super().__init__(label, _checks(required, 128), description=help, **more)
        self.kind = "password"


class HiddenText(_Typed, HiddenField):
    """What the page tells itself."""

    def __init__(self, longest: int = 200, **more: Any) -> None:
        super().__init__("", _checks(False, longest), filters=[_trimmed], **more)

    @property
    def number(self) -> int | None:
        """The number that it names."""
        return id_of(self.data)


class ChoiceField(_Typed, SelectField):
    """One of a list; `blank` says what stands there before somebody chooses."""

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[Any, str]] = (),
        required: Demand = False,
        help: str = "",
        blank: str = "",
        unknown: str = UNKNOWN,
        **more: Any,
    ) -> None:
        super().__init__(
            label,
            [Required(required if isinstance(required, str) else f"请选择{label}")]
            if required
            else [],
            choices=_choices(choices),
            description=help,
            invalid_choice_message=unknown,
            **more,
        )
        self.blank = blank

    def offer(self, pairs: Iterable[tuple[Any, str]]) -> None:
        """Say what may be chosen."""
        self.choices = _choices(pairs)

    def pre_validate(self, form: ScreenForm) -> None:
        """Refuse what the list does not hold; nothing chosen is another question."""
        if self.data or not (self.blank or self.flags.required):
            super().pre_validate(form)

    @property
    def number(self) -> int | None:
        """The record that was chosen."""
        return id_of(self.data)


class ChoicesField(SelectMultipleField):
    """Any of a list."""

    def __init__(
        self, label: str, *, required: Demand = False, help: str = "", **more: Any
    ) -> None:
        super().__init__(
            label,
            _checks(required),
            choices=[],
            description=help,
            invalid_choice_message=lambda number: UNKNOWN,
            **more,
        )

    def offer(self, pairs: Iterable[tuple[Any, str]]) -> None:
        """Say what may be chosen."""
        self.choices = _choices(pairs)


class LinesField(_Typed, StringField):
    """A column of a table: as many texts as there are rows."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take all of them, without blanks at their ends."""
        self.data = [text.strip() for text in valuelist]


class TickField(_Typed, StringField):
    """A box that is ticked or not; `data` is a truth."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take a ticked box; others are not sent."""
        self.data = bool(valuelist) and valuelist[0] == "1"


class FlagField(_Typed, StringField):
    """Whether a name was sent at all, as boxes without a value and buttons are."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take it as sent, whatever it says."""
        self.data = bool(valuelist)


class UploadField(_Typed, StringField):
    """A file; `data` is None where none was sent."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the file, of which the fields of the form know nothing."""
        self.data = request.files.get(self.name) or None


class VersionedForm(ScreenForm):
    """A form that tells which version its page showed, so that nobody overwrites what they have not seen."""

    seen = HiddenText(longest=1000)
    is_stale = False

    def refuse(self, error: UserError, **names: str) -> None:
        """Put what a rule refused beside its field; note whether it was another person's change."""
        super().refuse(error, **names)
        self.is_stale = isinstance(error, Stale)

    def show_version(self, version: object) -> None:
        """Say which version the page shows.

        A page that is drawn again keeps the one that the person began with, whoever refused: only
        who was told that another person changed it goes on from what it has become.
        """
        if not self.is_submitted() or self.is_stale:
            self.seen.data = str(version)


def _choices(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    return [SelectChoice(str(key), title) for key, title in pairs]


def _text(text: Any) -> str:
    return str(text or "")


def _trimmed(text: Any) -> str:
    return _text(text).strip()
