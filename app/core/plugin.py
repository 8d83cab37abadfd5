"""The protocol between the product and the outside world: what a plugin offers and how one is found.

A plugin is a module with a function `create(settings)`. Which module serves a kind is a setting
(`plugin` in a section of var/settings.ini), so that an office changes its counterpart without
touching the code.
"""

import configparser
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from app.core import settings as installation

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
class Kind:
    """One kind of plugin: its protocol and which module serves it unless a setting says otherwise."""

    name: str
    title: str
    protocol: type
    default: str = ""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="sms_gateway",
            title="短信网关",
            protocol=SmsGateway,
            default="plugins.sms_gateway",
        ),
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


@cache
def plugin(name: str) -> Any:
    """Return the plugin that serves a kind, made once per process."""
    kind = KINDS.get(name)
    if kind is None:
        raise PluginMissing(f"没有名为“{name}”的插件种类，可用：{'、'.join(KINDS)}")
    settings = settings_of(name)
    module_name = settings.get("plugin", kind.default)
    if not module_name:
        raise PluginMissing(f"{kind.title}未配置：请设置 {name}.plugin")
    made = _create(module_name, kind, settings)
    missing = [part for part in _members(kind.protocol) if not hasattr(made, part)]
    if missing:
        raise PluginMissing(f"{kind.title}插件 {module_name} 缺少：{'、'.join(missing)}")
    return made


def forget_plugins() -> None:
    """Make plugins anew at their next use, after settings have changed."""
    plugin.cache_clear()


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
