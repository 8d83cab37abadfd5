"""What an answer is made of: one line for each thing that decides, whether it holds, what to change where."""

from dataclasses import dataclass

from app.core.declare import sources


@dataclass(frozen=True, kw_only=True)
class Lined:
    """Something that the metadata say; `keys` name what of it, see `app.core.declare.sources`."""

    keys: tuple[str, ...] = ()
    roles: tuple[tuple[int, str], ...] = ()  # number and title; their pages lead to the change

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the metadata that say so."""
        return tuple(dict.fromkeys(line for key in self.keys if (line := sources.line_of(key))))


@dataclass(frozen=True, kw_only=True)
class Reason(Lined):
    """One thing that decides; `holds` is None until it has been asked."""

    what: str
    holds: bool | None
    found: str = ""  # by which values; never one of a record's personal fields
    change: str = ""  # what would have to change so that it holds
    inner: bool = False  # a part of the line before


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How one function answers the person: 200, 403 (not granted) or 404 (does not show the record)."""

    function: str
    title: str
    status: int
    reasons: tuple[Reason, ...]

    @property
    def first(self) -> Reason | None:
        """The first thing in the way."""
        return next((one for one in self.reasons if one.holds is False and not one.inner), None)


@dataclass(frozen=True, kw_only=True)
class Button(Lined):
    """An operation on the page: there, closed for now, or absent; `why` says what decides."""

    name: str
    title: str
    state: str
    why: str = ""
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Kept(Lined):
    """A field that is not shown whole everywhere, or not typed by everybody: where, and by what."""

    title: str
    place: str
    how: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Everything that was found out about one account and one record or function."""

    verdict: str
    sees: bool
    notes: tuple[str, ...] = ()  # what else keeps the person out, such as a locked account
    functions: tuple[Shown, ...] = ()
    chosen: str = ""  # the function whose page is told of: its buttons and fields
    buttons: tuple[Button, ...] = ()
    fields: tuple[Kept, ...] = ()
