"""The protocol between the product and the outside world: what a plugin offers and how one is found.

A plugin is a module with a function `create(settings)`. Which module serves a kind is a setting
(`plugin` in a section of var/settings.ini), so that an office changes its counterpart without
touching the code.
"""

import configparser
import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from app.core import settings as installation
from app.core.files import delimited_text as delimited_text  # plugins read tables with it

SETTINGS_NAME = "settings.ini"


class PluginError(Exception):
    """A counterpart did not do what was asked; the message is Chinese and safe to show."""


class NotSent(PluginError):
    """The counterpart certainly did nothing; asking again is safe."""


class Refused(PluginError):
    """The counterpart refused for good; asking again is useless."""


class OutcomeUnknown(PluginError):
    """The counterpart may or may not have done it, such as after a lost answer."""


class PluginMissing(PluginError):
    """No usable plugin of that kind: the setting names none, or a wrong one."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The counterpart took a message; `id` is its own number for it."""

    id: str
    duplicate: bool = False  # it knew the key already and did nothing again


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of a message that the counterpart had taken."""

    id: str
    key: str
    delivered: bool
    reason: str = ""
    at: str = ""  # ISO time as the counterpart says it


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """Deliveries since a cursor, and the cursor to go on from."""

    items: tuple[Delivery, ...]
    cursor: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where on a PDF a seal or a signature goes: page from 0, centre in points from bottom left."""

    page: int
    x: float
    y: float
    kind: str = "seal"  # seal | signature
    name: str = ""  # which seal, as the document names it
    text: str = ""  # whose: the owner of the seal, or the person who signs


@dataclass(frozen=True, kw_only=True)
class SealCheck:
    """Whether a sealed PDF is what was sealed."""

    valid: bool
    signer: str = ""
    reason: str = ""
    count: int = 0


@runtime_checkable
class SmsGateway(Protocol):
    """Sends text messages and tells what became of them."""

    honours_keys: bool

    def send(self, to: str, text: str, key: str) -> Receipt:
        """Hand over one message; the same key never sends twice where keys are honoured."""
        ...

    def receipts(self, since: str) -> Deliveries:
        """Return what has been delivered, or not, since a cursor ("" = from the beginning)."""
        ...

    def callback(self, headers: Mapping[str, str], body: bytes) -> tuple[Delivery, ...]:
        """Read deliveries that the counterpart pushed; raises Refused on a wrong signature."""
        ...


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One message to a counterpart; its answer is recognised by the key."""

    to: str
    message: str
    key: str
    at: datetime  # when it was put out, UTC; the same however often it is handed over
    values: Mapping[str, Any]
    files: tuple[tuple[str, bytes], ...] = ()  # name and content


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a counterpart says about a message: an outcome and values."""

    key: str
    outcome: str
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One message that a counterpart sends on its own; the same key is the same message."""

    key: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotTaken:
    """Something that came and could not be read: which, and why, in Chinese."""

    name: str
    reason: str
    fingerprint: str = ""  # SHA-256 of it


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What has come since a cursor, and the cursor to go on from."""

    items: tuple[Answer, ...]
    cursor: str
    arrivals: tuple[Arrival, ...] = ()
    refused: tuple[NotTaken, ...] = ()


@runtime_checkable
class Transport(Protocol):
    """Carries messages to counterparts and brings their answers."""

    honours_keys: bool

    def send(self, message: Envelope) -> Receipt:
        """Hand over one message; the same key never arrives twice where keys are honoured."""
        ...

    def poll(self, since: str) -> Answers:
        """Return the answers since a cursor ("" = from the beginning)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Column:
    """One value of each row of a file."""

    name: str
    title: str
    length: int = 0  # 0 = any
    required: bool = False


@runtime_checkable
class Codec(Protocol):
    """Writes the rows of a message as one file, and reads them back."""

    suffix: str

    def encode(self, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the rows as a file; Refused where one cannot be written."""
        ...

    def decode(self, columns: Sequence[Column], content: bytes) -> list[dict[str, str]]:
        """Return the rows of a file as texts; Refused where it is none."""
        ...


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """What a package holds: rows of texts by table, and files by their name in the package."""

    tables: Mapping[str, Sequence[Mapping[str, str]]]
    files: Mapping[str, bytes] = field(default_factory=dict)


@runtime_checkable
class Package(Protocol):
    """Opens a package that somebody hands in."""

    suffix: str

    def decode(self, content: bytes) -> Unpacked:
        """Return what it holds; Refused where it is none, or one that had better not be opened."""
        ...


Setting = str | int | bool  # what a device is told


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a device: to read, or to compare pictures."""

    device: str
    nonce: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    pictures: Sequence[bytes] = ()


@dataclass(frozen=True, kw_only=True)
class Captured:
    """What a device read: texts, numbers, and pictures as bytes."""

    values: Mapping[str, str | bytes]
    serial: str  # of the device
    quality: int = 100  # of 100


@runtime_checkable
class Devices(Protocol):
    """The devices of workstations: card readers, cameras, finger readers."""

    def capture(self, asked: Asked) -> Captured:
        """Let a device read, as it is told, or compare pictures.

        The answer is signed over the nonce, so that no old one counts; a device that did not do as
        `settings` say is Refused.
        """
        ...


@runtime_checkable
class Seal(Protocol):
    """Puts an electronic seal or signature on a PDF."""

    honours_keys: bool

    def seal(self, pdf: bytes, place: Place, key: str) -> bytes:
        """Return the PDF with the seal at that place."""
        ...

    def check(self, pdf: bytes) -> SealCheck:
        """Say whether the seals of a PDF hold."""
        ...


@dataclass(frozen=True, kw_only=True)
class Posting:
    """An amount for an account of a ledger, in fen."""

    account: str
    amount: int
    note: str = ""


@runtime_checkable
class Bookkeeper(Protocol):
    """Reckons what an office charges and settles by rules of its own."""

    def price(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        """Return the amount of each row in fen; rows come as a form holds them."""
        ...

    def settle(self, bill: Mapping[str, Any]) -> Sequence[Posting]:
        """Return what to post: `record` is the bill as a form holds it, `accounts` its sums in fen."""
        ...


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of plugin: its protocol and which module serves it unless a setting says otherwise."""

    name: str
    title: str
    protocol: type
    default: str = ""
    setting: str = "plugin"  # which setting of the section names another module


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="sms_gateway",
            title="短信网关",
            protocol=SmsGateway,
            default="plugins.sms_gateway",
        ),
        Kind(
            name="transport",  # each interface names its own, with settings of its own
            title="接口",
            protocol=Transport,
        ),
        Kind(name="codec", title="文件格式", protocol=Codec, setting="codec"),
        Kind(
            name="package",
            title="数据包",
            protocol=Package,
            default="plugins.zip_package",
        ),
        Kind(
            name="devices",
            title="采集设备",
            protocol=Devices,
            default="plugins.workstation",
        ),
        Kind(name="bookkeeper", title="费用结算", protocol=Bookkeeper),
        Kind(name="seal", title="电子签章", protocol=Seal, default="plugins.test_seal"),
    )
}


@dataclass(frozen=True)
class Settings:
    """The settings of one kind: environment variables over the section of `var/settings.ini`."""

    section: str
    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return a setting; `SECTION_NAME` in the environment wins over the file."""
        from_environment = os.environ.get(f"{self.section}_{name}".upper())
        return from_environment or self.values.get(name) or default

    def number(self, name: str, default: float) -> float:
        """Return a setting that must be a number."""
        text = self.get(name, str(default))
        try:
            return float(text)
        except ValueError:
            raise PluginMissing(f"设置 {self.section}.{name} 应为数字，现为“{text}”") from None

    def folder(self, name: str, default: str) -> Path:
        """Return a folder; one that is not absolute lies below the installation's own (`VAR`)."""
        return installation.var() / self.get(name, default)

    def require(self, name: str) -> str:
        """Return a setting without which the plugin cannot work."""
        value = self.get(name)
        if not value:
            variable = f"{self.section}_{name}".upper()
            raise PluginMissing(
                f"缺少设置 {self.section}.{name}：请在 {SETTINGS_NAME} 的 [{self.section}] 中填写，"
                f"或设环境变量 {variable}"
            )
        return value


def settings_file() -> Path:
    """Return the file in which an installation names its counterparts."""
    return installation.var() / SETTINGS_NAME


def settings_of(section: str) -> Settings:
    """Return the settings of a section of the settings file, as they are now."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(settings_file(), encoding="utf-8")
    return Settings(section, dict(parser[section]) if parser.has_section(section) else {})


def plugin(name: str) -> Any:
    """Return the plugin that serves a kind, made once per process."""
    return serving(name, name)


@cache
def serving(name: str, section: str, default: str = "") -> Any:
    """Return the plugin of a kind under the settings of a section: one of several of its kind."""
    kind = KINDS.get(name)
    if kind is None:
        raise PluginMissing(f"没有名为“{name}”的插件种类，可用：{'、'.join(KINDS)}")
    settings = settings_of(section)
    module_name = settings.get(kind.setting, default or kind.default)
    if not module_name:
        raise PluginMissing(f"{kind.title}未配置：请设置 {section}.{kind.setting}")
    made = _create(module_name, kind, settings)
    missing = [part for part in _members(kind.protocol) if not hasattr(made, part)]
    if missing:
        raise PluginMissing(f"{kind.title}插件 {module_name} 缺少：{'、'.join(missing)}")
    return made


def forget_plugins() -> None:
    """Make plugins anew at their next use, after settings have changed."""
    serving.cache_clear()


def _create(module_name: str, kind: Kind, settings: Settings) -> Any:
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise PluginMissing(
            f"{kind.title}插件 {module_name} 无法加载：缺少 {error.name}"
        ) from error
    create = getattr(module, "create", None)
    if not callable(create):
        raise PluginMissing(f"{kind.title}插件 {module_name} 没有 create(settings)")
    return create(settings)


def _members(protocol: type) -> list[str]:
    names = set(protocol.__annotations__) | {
        name for name, value in vars(protocol).items() if callable(value)
    }
    return sorted(name for name in names if not name.startswith("_"))
