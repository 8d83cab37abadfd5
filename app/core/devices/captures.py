"""What devices read into records: asked for outside a transaction, checked, written with its proof.

A capture fills fields that nobody types. Which device gave them, how good they were and who asked
stands in `sys_capture`; a nonce that the device signs makes an old answer worthless. What is read
may have to fulfil a condition, such as a score that two pictures must reach; where it does not, a
person may confirm it by hand, with a reason that stands in the record and in its history.
"""

import hashlib
import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image as Picture
from sqlalchemy import Index, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, plugin
from app.core.access.actor import current_actor
from app.core.db.database import BigId, UtcDateTime, session, unit_of_work
from app.core.db.entity import Table
from app.core.declare import Action, Capture, Object, registry
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.core.expressions.env import make_env
from app.core.files import attachments
from app.core.plugin import Asked, Captured, PluginError, Setting
from app.core.records import derived_values, display
from app.core.records import service as records
from app.core.types import File, Image


class CaptureRecord(Table):
    """One capture that was taken over into a record."""

    __tablename__ = "sys_capture"
    __table_args__ = (Index(None, "object", "record_id"),)

    object: Mapped[str] = mapped_column(String(63))
    record_id: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(63))
    device: Mapped[str] = mapped_column(String(63))
    serial: Mapped[str] = mapped_column(String(80))
    quality: Mapped[int] = mapped_column(Integer)
    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    basis: Mapped[str | None] = mapped_column(String(64))  # digest of what it was taken for


@dataclass(frozen=True)
class Standing:
    """How a capture of a record stands: whether it was made, and what still speaks against it."""

    capture: Capture
    made: bool
    refusal: str = ""  # why what was read does not count
    confirmed: str = ""  # the reason why a person counted it nevertheless
    stale: bool = False  # it was taken for something else than there is now

    @property
    def counts(self) -> bool:
        """Whether nothing more is asked for."""
        if self.stale:
            return False
        return bool(self.confirmed) or (self.made and not self.refusal)

    @property
    def may_confirm(self) -> bool:
        """Whether a person may confirm it by hand."""
        possible = bool(self.capture.by_hand) and not self.stale
        return possible and bool(self.refusal) and not self.confirmed


BY_HAND = "by_hand"  # as the device of a confirmation in sys_capture
LARGEST = 5 * 1024 * 1024  # bytes of a picture


def applicable(obj: Object, record: Any) -> list[Standing]:
    """Return how the captures stand that apply to a record."""
    env = make_env()
    return [
        _standing(obj, record, one, env)
        for one in obj.captures
        if one.when is None or one.when(record, env)
    ]


def _standing(obj: Object, record: Any, one: Capture, env: Any) -> Standing:
    made = all(_filled(obj, record, name) for name in one.fill)
    if made and _is_stale(obj, record, one):
        return Standing(one, True, f"{one.title}时的要求或内容已变化，请重新采集", stale=True)
    refusal = ""
    if made and one.passes is not None and not one.passes(record, env):
        refusal = display.render(one.error, obj, record)
    confirmed = (getattr(record, one.by_hand) or "") if one.by_hand and refusal else ""
    return Standing(one, made, refusal, confirmed)


def _basis(record: Any, one: Capture) -> str:
    """Return a digest of what a capture is taken for: what the device is told, and what is read of the record."""
    env = make_env()
    told = {name: value(record, env) for name, value in one.settings.items()}
    read = {path: _at(record, path.split(".")) for path in one.reads}
    text = json.dumps([told, read], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _at(found: Any, path: list[str]) -> Any:
    """Return what stands at a path: of references the number, of lists that of every row."""
    if isinstance(found, (list, tuple)):
        return [_at(one, path) for one in found]
    if found is None:
        return None
    if not path:
        return getattr(found, "id", found)
    return _at(getattr(found, path[0]), path[1:])


def _is_stale(obj: Object, record: Any, one: Capture) -> bool:
    """Tell whether what was captured last was taken for something else than there is now."""
    if not (one.settings or one.reads):
        return False
    query = select(CaptureRecord.basis).where(
        CaptureRecord.object == obj.name,
        CaptureRecord.record_id == record.id,
        CaptureRecord.name == one.name,
    )
    with session.no_autoflush:
        known = session.scalar(query.order_by(CaptureRecord.id.desc()).limit(1))
    return known is not None and known != _basis(record, one)


def _void(obj: Object, record: Any, name: str) -> bool:
    """Empty what was captured for something else than there is now, while its case is under way."""
    one = next(item for item in obj.captures if item.name == name)
    state = getattr(record, "state", None)
    step = next((s for s in registry.flow(obj.flow).steps if s.name == state), None)
    if step is None or step.end or not any(_filled(obj, record, own) for own in one.fill):
        return False
    if not _is_stale(obj, record, one):
        return False
    for own in (*one.fill, *([one.by_hand] if one.by_hand else ())):
        stored = f"{own}_id" if isinstance(obj.field(own).type, File) else own
        setattr(record, stored, None)
    return True


def _filled(obj: Object, record: Any, name: str) -> bool:
    stored = f"{name}_id" if isinstance(obj.field(name).type, File) else name
    return getattr(record, stored) not in (None, "")


def missing(obj: Object, record: Any, action: Action) -> list[Fault]:
    """Return what an action needs that no device has read yet, or that does not count."""
    if not action.needs:
        return []
    return [
        Fault(next(iter(one.capture.fill)), one.refusal or f"还没有{one.capture.title}")
        for one in applicable(obj, record)
        if not one.counts and ("all" in action.needs or one.capture.name in action.needs)
    ]


def take(obj: Object, record: Any, name: str) -> str:
    """Let the device read and write it to the record; return which device it was.

    The caller has made sure that the person may change the record now. Raises Conflict with the
    device's own words where it did not read.
    """
    wanted = _wanted(obj, record, name).capture
    pictures, basis = _compared(obj, record, wanted), _basis(record, wanted)
    told = _told(wanted, record)
    nonce = secrets.token_hex(16)
    asked = Asked(device=wanted.device, nonce=nonce, settings=told, pictures=pictures)
    session.rollback()  # nothing is locked while the device takes its time
    try:
        captured = plugin.plugin("devices").capture(asked)
    except PluginError as error:
        raise Conflict(str(error)) from error
    if captured.quality < wanted.least:
        raise Conflict(f"采集质量 {captured.quality} 低于要求的 {wanted.least}，请重新采集")
    with unit_of_work():
        fresh = _open(obj, record.id)
        if _basis(fresh, wanted) != basis:
            what = "照片已重新采集" if wanted.compare else "采集的要求已变化"
            raise Conflict(f"{wanted.title}期间{what}，请重新{wanted.title}")
        raw = {own: _value(obj, own, captured, word, told) for own, word in wanted.fill.items()}
        if wanted.by_hand:  # a reason spoke of what was read before
            raw = {wanted.by_hand: ""} | raw
        records.save(obj, fresh, raw, complete=False, engine=True)
        _prove(obj, fresh, wanted, wanted.device, captured.serial, captured.quality, nonce)
    return captured.serial


def confirm(obj: Object, record: Any, name: str, reason: str) -> None:
    """Count what was read although it does not pass, for a reason that is kept.

    The caller has made sure that the person may change the record now. Raises Conflict where there
    is nothing to confirm, Rejected without a reason.
    """
    standing = _wanted(obj, record, name)
    if not standing.may_confirm:
        raise Conflict(f"{standing.capture.title}不需要人工确认")
    own = standing.capture.by_hand
    reason = " ".join(reason.split())
    if not reason:
        raise Rejected([Fault(own, f"请填写{obj.field(own).title}")])
    with unit_of_work():
        fresh = _open(obj, record.id)
        if not _wanted(obj, fresh, name).may_confirm:
            raise Conflict(f"{standing.capture.title}已重新采集，请刷新后再看")
        records.save(obj, fresh, {own: reason}, complete=False, engine=True)
        _prove(obj, fresh, standing.capture, BY_HAND, "", 0, secrets.token_hex(16))


def _wanted(obj: Object, record: Any, name: str) -> Standing:
    found = next((one for one in applicable(obj, record) if one.capture.name == name), None)
    if found is None:
        raise NotFound("没有这项采集")
    return found


def _open(obj: Object, pk: int) -> Any:
    """Return the record under a lock; Conflict where nobody may change it any more."""
    fresh = records.find(obj, pk, lock=True)
    if records.edit_policy(obj, fresh) == frozenset():
        raise Conflict("记录在当前环节不能修改")
    return fresh


def _told(wanted: Capture, record: Any) -> dict[str, Setting]:
    env = make_env()
    told = {name: value(record, env) for name, value in wanted.settings.items()}
    lacking = [name for name, value in told.items() if value is None]
    if lacking:
        raise Conflict(
            f"{wanted.title}的要求没有取到值（{'、'.join(lacking)}），请系统管理员核对现行政策参数"
        )
    return told


def _compared(obj: Object, record: Any, wanted: Capture) -> tuple[bytes, ...]:
    """Return the pictures that the device compares; Conflict where one is not there yet."""
    lacking = [name for name in wanted.compare if not _filled(obj, record, name)]
    if lacking:
        titles = "、".join(obj.field(name).title for name in lacking)
        raise Conflict(f"还没有{titles}，不能{wanted.title}")
    found = []
    for name in wanted.compare:
        with attachments.open_file(getattr(record, name)) as opened:
            found.append(opened.read())
    return tuple(found)


def _prove(
    obj: Object, record: Any, one: Capture, device: str, serial: str, quality: int, nonce: str
) -> None:
    session.add(
        CaptureRecord(
            object=obj.name,
            record_id=record.id,
            name=one.name,
            device=device,
            serial=serial[:80],
            quality=quality,
            nonce=nonce,
            at=clock.now(),
            actor_id=current_actor().user_id,
            basis=_basis(record, one),
        )
    )


def _value(
    obj: Object, own: str, captured: Captured, word: str, told: Mapping[str, Setting]
) -> str:
    value = str(captured.quality) if word == "quality" else captured.values.get(word)
    kind = obj.field(own).type
    if value is None or isinstance(value, bytes) != isinstance(kind, File):
        raise Rejected([Fault(own, f"设备没有给出{obj.field(own).title}")])
    if not isinstance(value, bytes):
        return value
    accept = kind.accept if isinstance(kind, File) else Image.accept
    title = obj.field(own).title
    file = attachments.store(io.BytesIO(value), f"{title}.png", accept, LARGEST, path=own)
    _measure(own, title, value, told)
    return str(file.id)


def _measure(own: str, title: str, content: bytes, told: Mapping[str, Setting]) -> None:
    """Refuse a picture that is not as the device was told; the transaction takes its file back."""
    width = height = 0
    if told.keys() & {"width", "height"}:  # else it need not be a picture
        with Picture.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    wrong = [
        f"{word} {is_now} 像素，要求 {told[name]} 像素"
        for name, word, is_now in (("width", "宽", width), ("height", "高", height))
        if name in told and is_now != told[name]
    ]
    size = -(-len(content) // 1024)
    if "largest" in told and size > int(told["largest"]):
        wrong.append(f"大小 {size} KB，不得超过 {told['largest']} KB")
    if wrong:
        raise Rejected([Fault(own, f"{title}不合规格：{'；'.join(wrong)}，请重新采集")])


derived_values.voids.append(_void)
