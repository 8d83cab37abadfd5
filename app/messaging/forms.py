"""The forms of messages."""

from app.messaging.templates import LONGEST_REASON
from app.messaging.wording import LONGEST
from app.web.screens.form import (
    FlagField,
    HiddenText,
    LongTextField,
    ScreenForm,
    TextField,
    VersionedForm,
)


class WordingForm(VersionedForm):
    """The wording of a message, for everybody or for one organisation."""

    org = HiddenText(longest=18)
    text = LongTextField(
        "模板内容", longest=4 * LONGEST
    )  # titles are longer than what they stand for
    sms = FlagField("发短信")
    inbox = FlagField("发站内信")
    reason = TextField("关闭原因", longest=LONGEST_REASON)


class OrganisationForm(ScreenForm):
    """The organisation that gets a wording of its own."""

    unit = TextField("单位全称", longest=200)


class ReturnForm(ScreenForm):
    """Back to the list as it was asked for."""

    back = HiddenText(longest=2000)


class RegisterForm(ReturnForm):
    """The conditions of a list, for what is done with everything in it."""

    state = HiddenText()
    q = HiddenText()
    kind = HiddenText()
