"""The answer to "why can this person see this, or why not": the verdict first, then everything it rests on."""

from itertools import takewhile

from app.core import clock
from app.core.access.actor import acting_as
from app.core.audit import history
from app.core.db import abstract_views
from app.core.db.database import unit_of_work
from app.core.db.read_only import bookkeeping
from app.core.declare import Function, registry
from app.core.errors import NotFound
from app.security import accounts
from app.security.models import Account
from app.security.operation_titles import operation_title
from app.web.page import record_links
from app.web.why import asking, pages, rows
from app.web.why.asking import Target
from app.web.why.pages import THERE
from app.web.why.person import Person
from app.web.why.reasons import Answer, Button, Kept, Reason, Shown


def answer(account: Account, target: Target, chosen: str = "") -> Answer:
    """Say whether the account sees the target, and why; `chosen` is the function that is looked at closely."""
    person = Person(account)
    called, notes = asking.called(target), tuple(_notes(person, target))
    if target.object is None and target.function is None:
        is_open = person.actor.user_id is not None
        verdict = (
            f"{person.name}能打开：这个页面人人可用（{called}）" if is_open else _closed(person)
        )
        return Answer(verdict=verdict, sees=is_open, notes=notes)
    shown = tuple(_shown(person, target))
    looked = _looked(person, target, shown, chosen)
    buttons, fields = _page(person, target, looked)
    closed = _closed_button(target, looked, buttons)
    sees = _sees(target, shown) and closed is None
    because = closed.why if closed else "" if sees else _because(person, target, shown)
    return Answer(
        verdict=_verdict(person, target, called, shown, because),
        sees=sees,
        notes=notes,
        functions=shown,
        chosen=looked.function if looked else "",
        buttons=buttons,
        fields=fields,
    )


def note(account: Account, target: Target) -> None:
    """Log that somebody asked: with the record, or with the account where there is none."""
    with bookkeeping(history.Change), unit_of_work():
        whom = {"whom": account.name}
        if target.object is not None and target.pk is not None:
            own, pk = abstract_views.concrete(target.object, target.pk)
            history.note(own.name, pk, history.ASKED, whom)
        else:
            history.note(accounts.OBJECT, account.id, history.ASKED, whom)


# --- what is found out --------------------------------------------------------------------------------


def _shown(person: Person, target: Target) -> list[Shown]:
    """Return how each function answers: the one that was asked for first, then all others on the object."""
    functions: list[Function] = [target.function] if target.function else []
    if target.object is not None and (target.pk is not None or target.function is None):
        others = registry.functions_of(target.object.name)
        functions += [one for one in others if one is not target.function]
    found = []
    for function in functions:
        operation = target.operation if function is target.function else "view"
        found.append(rows.of_function(person, function, target.pk, operation))
    if target.function is None:  # the way that leads farthest first
        found.sort(key=lambda one: (200, 404, 403).index(one.status))
    return found


def _looked(person: Person, target: Target, shown: tuple[Shown, ...], chosen: str) -> Shown | None:
    """Return the function whose page is told of: the one asked for, or the one that opens first."""
    if not shown:
        return None
    known = {one.function: one for one in shown}
    if chosen in known:
        return known[chosen]
    if target.function is not None or target.object is None or target.pk is None:
        return shown[0]
    with acting_as(person.actor):
        place = record_links.place_of(target.object.name, target.pk)
    return known.get(place.strip("/").partition("/")[0], shown[0])


def _sees(target: Target, shown: tuple[Shown, ...]) -> bool:
    if target.function is not None:
        return bool(shown) and shown[0].status == 200
    return any(one.status == 200 for one in shown)


def _page(
    person: Person, target: Target, looked: Shown | None
) -> tuple[tuple[Button, ...], tuple[Kept, ...]]:
    """Return buttons and fields of the page that the function shows of the record; none if it shows none."""
    if looked is None or target.pk is None:
        return (), ()
    function = registry.function(looked.function)
    if not person.actor.may("view", function.id) or not rows.shows(person, function, target.pk):
        return (), ()
    try:
        return pages.of_record(person, function, target.pk)
    except NotFound:  # a record without a case, taken over from elsewhere
        return (), ()


def _closed_button(
    target: Target, looked: Shown | None, buttons: tuple[Button, ...]
) -> Button | None:
    """Return the button of the operation that is asked about, where its own page keeps it back."""
    if looked is None or target.function is None or looked.function != target.function.id:
        return None
    wanted = (one for one in buttons if one.name == target.operation)
    return next((one for one in wanted if one.state != THERE), None)


# --- in words -----------------------------------------------------------------------------------------


def _notes(person: Person, target: Target) -> list[str]:
    found = []
    account = person.account
    if account.locked_until is not None and account.locked_until > clock.now():
        found.append("账户因多次输错密码被锁定，暂时不能登录")
    if account.must_change_password:
        found.append("首次登录或重置后须先改密码，改好以前打不开任何页面")
    for other in person.actor.stands_for:
        found.append(f"今天代{other.name}办理：代办的权限已计入")
    if target.refused and target.by == account.id:
        found.append(f"这次请求当时的应答是 {target.refused}；以下按现在的权限和数据判断")
    return found


def _closed(person: Person) -> str:
    return f"{person.name}打不开任何页面：账户已关闭"


def _verdict(
    person: Person, target: Target, called: str, shown: tuple[Shown, ...], because: str
) -> str:
    if person.actor.user_id is None:
        return _closed(person)
    wanted = _wanted(target)
    opened = [one for one in shown if one.status == 200]
    places = "、".join(f"“{one.title}”" for one in opened)
    looks = target.function is not None and target.pk is not None and target.operation == "view"
    if because and looks:  # elsewhere it may well be seen
        others = f"；但在{places}里看得到" if opened else ""
        return f"{person.name}不能在“{shown[0].title}”里看到{called}，因为{because}{others}"
    if because:
        return f"{person.name}不能{wanted}{called}，因为{because}"
    where = f"，在{places}里" if target.pk is not None and target.operation == "view" else ""
    return f"{person.name}能{wanted}{called}{where}"


def _wanted(target: Target) -> str:
    if target.function is None or target.operation == "view":
        return "看到" if target.pk is not None else "打开"
    return f"“{operation_title(target.function.id, target.operation)}”"


def _because(person: Person, target: Target, shown: tuple[Shown, ...]) -> str:
    """Name what is in the way: of the function asked for, else of the one that comes closest."""
    if not shown:
        return "没有功能显示这类记录"
    nearest = shown[0]
    if target.function is None:
        nearest = max(shown, key=lambda one: (one.status == 404, _far(one)))
        if nearest.status == 403:
            titles = "、".join(f"“{one.title}”" for one in shown)
            return f"{rows.ungranted(person)}能看到它的功能：{titles}"
    first = nearest.first
    if first is None:
        return f"“{nearest.title}”现在不显示它"
    if nearest.status == 403:
        operation = target.operation if target.function is not None else "view"
        title = operation_title(nearest.function, operation)
        return f"{rows.ungranted(person)}“{nearest.title}”的“{title}”"
    inner = _parts(nearest, first)
    if first.what == rows.IN_SCOPE:
        found = [one.found for one in inner if one.found and not one.holds]
        return f"它不在账户的数据范围内（{'；'.join([first.found, *found])}）"
    if first.what == rows.of_screen(nearest.title):
        said = "、".join(f"“{one.what}”" for one in inner)
        return f"“{nearest.title}”只显示{said}的，它{'都' if len(inner) > 1 else ''}不是"
    return f"{first.what}，而它不符合"


def _parts(shown: Shown, first: Reason) -> list[Reason]:
    """Return the parts of one of the things that decide."""
    rest = shown.reasons[shown.reasons.index(first) + 1 :]
    return list(takewhile(lambda one: one.inner, rest))


def _far(shown: Shown) -> int:
    """Return how much of what is asked holds before the first thing in the way."""
    outer = [one for one in shown.reasons if not one.inner]
    return next((n for n, one in enumerate(outer) if one.holds is False), len(outer))
