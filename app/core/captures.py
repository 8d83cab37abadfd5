"""What devices read into records: asked for outside a transaction, checked, written with its proof.

A capture fills fields that nobody types. Which device gave them, how good they were and who asked
stands in `sys_capture`; a nonce that the device signs makes an old answer worthless. What is read
may have to fulfil a condition, such as a score that two pictures must reach; where it does not, a
person may confirm it by hand, with a reason that stands in the record and in its history.
"""

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image as Picture
from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, display, files, plugin, records
from app.core.actor import current_actor
from app.core.database import BigId, UtcDateTime, session, unit_of_work
from app.core.declare import Action, Capture, Object
from app.core.entity import Table
from app.core.env import make_env
from app.core.errors import Conflict, Fault, NotFound, Rejected
from app.core.plugin import Asked, Captured, PluginError, Setting
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


@dataclass(frozen=True)
class Standing:
    """How a capture of a record stands: whether it was made, and what still speaks against it."""

    capture: Capture
    made: bool
    refusal: str = ""  # why what was read does not count
    confirmed: str = ""  # the reason why a person counted it nevertheless

    @property
    def counts(self) -> bool:
        """Whether nothing more is asked for."""
        return bool(self.confirmed) or (self.made and not self.refusal)

    @property
    def may_confirm(self) -> bool:
        """Whether a person may confirm it by hand."""
        return bool(self.capture.by_hand) and bool(self.refusal) and not self.confirmed


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
    refusal = ""
    if made and one.passes is not None and not one.passes(record, env):
        refusal = display.render(one.error, obj, record)
    confirmed = (getattr(record, one.by_hand) or "") if one.by_hand and refusal else ""
    return Standing(one, made, refusal, confirmed)


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
    pictures, papers = _compared(obj, record, wanted), _papers(record, wanted)
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
        if _papers(fresh, wanted) != papers:
            raise Conflict("比对期间照片已重新采集，请重新比对")
        raw = {own: _value(obj, own, captured, word, told) for own, word in wanted.fill.items()}
        raw = dict.fromkeys(_voided(obj, wanted), "") | raw
        records.save(obj, fresh, raw, complete=False, engine=True)
        _prove(obj, record.id, wanted.name, wanted.device, captured.serial, captured.quality, nonce)
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
        _prove(obj, record.id, name, BY_HAND, "", 0, secrets.token_hex(16))


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


def _papers(record: Any, wanted: Capture) -> list[int | None]:
    return [getattr(record, f"{name}_id") for name in wanted.compare]


def _compared(obj: Object, record: Any, wanted: Capture) -> tuple[bytes, ...]:
    """Return the pictures that the device compares; Conflict where one is not there yet."""
    lacking = [name for name in wanted.compare if not _filled(obj, record, name)]
    if lacking:
        titles = "、".join(obj.field(name).title for name in lacking)
        raise Conflict(f"还没有{titles}，不能{wanted.title}")
    found = []
    for name in wanted.compare:
        with files.open_file(getattr(record, name)) as opened:
            found.append(opened.read())
    return tuple(found)


def _voided(obj: Object, wanted: Capture) -> list[str]:
    """Return what no longer holds once this is captured anew."""
    after = [one for one in obj.captures if set(one.compare) & set(wanted.fill)]
    voided = [name for one in after for name in one.fill]
    return voided + [one.by_hand for one in (wanted, *after) if one.by_hand]


def _prove(
    obj: Object, pk: int, name: str, device: str, serial: str, quality: int, nonce: str
) -> None:
    session.add(
        CaptureRecord(
            object=obj.name,
            record_id=pk,
            name=name,
            device=device,
            serial=serial[:80],
            quality=quality,
            nonce=nonce,
            at=clock.now(),
            actor_id=current_actor().user_id,
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
    file = files.store(io.BytesIO(value), f"{title}.png", accept, LARGEST, path=own)
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
