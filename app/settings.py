"""How an installation is served: database, address, processes, proxies, cookies, logs.

Where things lie and what secrets there are is `app.core.settings`; both read the environment.
"""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core import settings as installation

ROOT = installation.ROOT
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation; each value is set by the environment variable named beside it."""

    var: Path  # VAR: data, files, logs and secrets
    database_url: str  # DATABASE_URL
    demonstration: bool  # DEMONSTRATION: demonstration data, accounts and simulators
    host: str  # HOST
    port: int  # PORT
    web_processes: int  # WEB_PROCESSES
    proxies: int  # TRUSTED_PROXIES: how many reverse proxies stand before us
    public_url: str  # PUBLIC_URL: what a QR code or a message links to
    https_only: bool  # HTTPS_ONLY: cookies only over TLS
    log_to_terminal: bool  # LOG_TO_TERMINAL: for containers; else var/log/platform.log
    session_key: str  # signs cookies and forms

    @property
    def logs(self) -> Path:
        """The folder of log files."""
        return self.var / "log"

    @property
    def run(self) -> Path:
        """The folder of what lives only while processes run."""
        return self.var / "run"


class WrongSetting(Exception):
    """A setting cannot be used; the message is Chinese and says what to do."""


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; make folders that are missing and the secrets of a new installation."""
    session_key = _prepare()
    port = _number(environ, "PORT", 8080, least=1, most=65535)
    own = f"sqlite:///{installation.folder('data') / 'platform.db'}"
    return Settings(
        var=installation.var(),
        database_url=_database(environ) or own,
        demonstration=_switch(environ, "DEMONSTRATION"),
        host=environ.get("HOST") or "127.0.0.1",
        port=port,
        web_processes=_number(environ, "WEB_PROCESSES", 2, least=1, most=64),
        proxies=_number(environ, "TRUSTED_PROXIES", 0, least=0, most=9),
        public_url=_address(environ) or f"http://127.0.0.1:{port}",
        https_only=_switch(environ, "HTTPS_ONLY"),
        log_to_terminal=_switch(environ, "LOG_TO_TERMINAL"),
        session_key=session_key,
    )


def _prepare() -> str:
    """Make folders and secrets; return the session key. Say what cannot be written."""
    var = installation.var()
    try:
        places = [installation.folder(name) for name in ("data", "files", "log", "run")]
        for place in installation.var().iterdir():
            if place.is_dir():
                installation.close_to_others(place)
        refused = [place for place in places if not os.access(place, os.W_OK)]
        if refused:
            raise PermissionError(errno.EACCES, "", str(refused[0]))
        installation.secret("history")
        return installation.secret("session").hex()
    except OSError as error:
        raise WrongSetting(
            f"无法使用数据目录 {var}：{error.filename or var} {_reason(error)}。"
            "请检查它的属主、权限和剩余空间，或用环境变量 VAR 指定另一个目录。"
        ) from error


def _reason(error: OSError) -> str:
    words = {
        errno.EACCES: "没有读写权限",
        errno.EPERM: "没有读写权限",
        errno.ENOTDIR: "不是目录",
        errno.EEXIST: "不是目录",
        errno.ENOENT: "不能建立",
        errno.EROFS: "所在的磁盘只读",
        errno.ENOSPC: "所在的磁盘已满",
    }
    return words.get(error.errno or 0, str(error))


def _database(environ: Mapping[str, str]) -> str:
    """Return DATABASE_URL, "" where it is not given."""
    text = environ.get("DATABASE_URL", "").strip()
    if not text:
        return ""
    from sqlalchemy.engine import make_url  # most commands of an own database need no SQLAlchemy
    from sqlalchemy.exc import ArgumentError

    try:
        name = make_url(text).drivername
    except (ArgumentError, ValueError):
        name = ""
    if name not in DATABASES:
        raise WrongSetting(
            "环境变量 DATABASE_URL 应为 postgresql://用户:密码@主机:端口/库名 或 sqlite:////目录/文件.db"
            + (f"，不支持 {name}" if name else "，现在的写法无法识别")
        )
    return text


def _address(environ: Mapping[str, str]) -> str:
    text = environ.get("PUBLIC_URL", "").strip().rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise WrongSetting(f"环境变量 PUBLIC_URL 应以 http:// 或 https:// 开头，现为“{text}”")
    return text


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or not least <= int(text[:9]) <= most:
        raise WrongSetting(f"环境变量 {name} 应为 {least} 到 {most} 的整数，现为“{text}”")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text not in {"", "0", "1", "no", "yes"}:
        raise WrongSetting(f"环境变量 {name} 应为 1 或 0，现为“{text}”")
    return text in {"1", "yes"}
