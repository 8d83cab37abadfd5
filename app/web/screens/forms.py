"""The forms of dictionaries, policies, the calendar, flows, imports and scores."""

from app.core.declare import Policy
from app.core.reference.policy_edits import Typed
from app.web.screens.form import (
    ChoiceField,
    HiddenText,
    LinesField,
    LongTextField,
    ScreenForm,
    TextField,
    TickField,
    UploadField,
    VersionedForm,
)


class EntryForm(VersionedForm):
    """An entry of a dictionary."""

    title = TextField("名称", required=True)
    code = TextField("代码", longest=40)
    parent = ChoiceField("上级条目", blank="（最上级）", unknown="上级条目不存在")
    like = ChoiceField(
        "办理方式参照",
        blank="请选择",
        unknown="请选择照哪个条目办理",
        help="系统按条目的类别办理，新条目照所选条目办理",
    )


class VersionForm(VersionedForm):
    """A further version of a policy; `version_form` adds the columns of its table."""

    more = TickField("更多行")
    valid_from = TextField(
        "生效日期",
        longest=20,
        type="date",
        help="不早于今天；以前的规定不变",
        render_kw={"required": True},
    )
    level = ChoiceField("不符合时", unknown="请选择不符合时如何办理")
    profile = TextField("适用范围", longest=60)
    source = LongTextField("依据", longest=500, help="文件名称、文号或会议纪要；申报人会看到")
    value = LinesField("规定")


def version_form(item: Policy, begun: Typed) -> VersionForm:
    """Return the form of a policy, which asks for as many keys as its table has columns."""
    keys = {f"key{place}": LinesField(title) for place, title in enumerate(item.by)}
    made: type[VersionForm] = type("VersionForm", (VersionForm,), keys)
    return made(
        valid_from=begun.valid_from, level=begun.level, profile=begun.profile, source=begun.source
    )


class DayForm(VersionedForm):
    """What a day is."""

    works = ChoiceField("安排", unknown="请选择上班、休息或按星期")
    title = TextField("名称", longest=60, help="如“国庆节”“国庆节调休上班”；按星期的不用填")
    source = TextField("依据", longest=200)


class NoticeForm(ScreenForm):
    """A notice of holidays, as a file."""

    file = UploadField(
        "节假日安排文件",
        render_kw={"accept": ".xlsx,.csv"},
        description="Excel 或 CSV，列为：日期、安排（休息或上班）、名称、依据。先检查，确认后才写入。",
    )


class NoticeLinesForm(ScreenForm):
    """The lines of a notice that was looked through."""

    lines = HiddenText(longest=2_000_000)


class WorkbookForm(ScreenForm):
    """A file whose rows are to be taken."""

    file = UploadField("文件")


class ImportForm(ScreenForm):
    """What of a file that was checked is written."""

    mode = HiddenText()


class MoveForm(ScreenForm):
    """To which step of the flow in force a case moves, why, and on what paper."""

    target = TextField("迁移到现行流程的环节", longest=63)
    reason = LongTextField("原因", longest=500)
    proof = UploadField("同意迁移的依据")


class ReassignForm(ScreenForm):
    """Which task goes to whom."""

    task = HiddenText()
    to = TextField("接办人", longest=18)
    comment = LongTextField("说明", longest=500)
    expected = HiddenText()


class PointsForm(ScreenForm):
    """Points given or taken by hand, or an entry that is taken back."""

    period = HiddenText()
    points = TextField("分数", longest=5)
    reason = TextField("理由", longest=500)


class RunForm(ScreenForm):
    """Whether a migration is carried out or rehearsed."""

    rehearse = TickField("演练")


class AboutForm(ScreenForm):
    """What of two records that differ somebody saw."""

    about = HiddenText(longest=20_000)
