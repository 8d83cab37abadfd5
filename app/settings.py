"""How an installation is served: database, address, processes, proxies, cookies, logs.

Where things lie and what secrets there are is `app.core.settings`; both read the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core import settings as installation

ROOT = installation.ROOT


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
    for name in ("files", "log", "run"):
        installation.folder(name)
    installation.secret("history")
    port = _number(environ, "PORT", 8080)
    own = f"sqlite:///{installation.folder('data') / 'platform.db'}"
    return Settings(
        var=installation.var(),
        database_url=environ.get("DATABASE_URL") or own,
        demonstration=_switch(environ, "DEMONSTRATION"),
        host=environ.get("HOST") or "127.0.0.1",
        port=port,
        web_processes=_number(environ, "WEB_PROCESSES", 2),
        proxies=_number(environ, "TRUSTED_PROXIES", 0),
        public_url=(environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        https_only=_switch(environ, "HTTPS_ONLY"),
        log_to_terminal=_switch(environ, "LOG_TO_TERMINAL"),
        session_key=installation.secret("session").hex(),
    )


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise WrongSetting(f"环境变量 {name} 应为整数，现为“{text}”")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip().lower()
    if text not in {"", "0", "1", "no", "yes"}:
        raise WrongSetting(f"环境变量 {name} 应为 1 或 0，现为“{text}”")
    return text in {"1", "yes"}
