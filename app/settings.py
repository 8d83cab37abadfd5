"""What the installation decides: where data lies, which database, secrets, how it is served."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation; everything may be set by an environment variable of the name in brackets."""

    var: Path  # [VAR] data, files, logs and secrets
    database_url: str  # [DATABASE_URL]
    host: str  # [HOST]
    port: int  # [PORT]
    web_processes: int  # [WEB_PROCESSES]
    demonstration: bool  # [DEMONSTRATION] demonstration data and simulators
    proxies: int  # [TRUSTED_PROXIES] how many reverse proxies stand before us
    public_url: str  # [PUBLIC_URL] what a QR code or a message links to
    https_only: bool  # [HTTPS_ONLY] cookies only over TLS
    log_to_terminal: bool  # [LOG_TO_TERMINAL] for containers; else var/log/platform.log
    session_key: str  # signs cookies and forms
    history_key: bytes  # chains the history; must not lie in the database

    @property
    def data(self) -> Path:
        """The folder of the SQLite database."""
        return self.var / "data"

    @property
    def files(self) -> Path:
        """The folder of uploaded and issued files."""
        return self.var / "files"

    @property
    def logs(self) -> Path:
        """The folder of log files."""
        return self.var / "log"


class WrongSetting(Exception):
    """A setting cannot be used; the message is Chinese and says what to do."""


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings, make the folders that are missing and the secrets of a new installation."""
    var = Path(environ.get("VAR", ROOT / "var")).resolve()
    for name in ("data", "files", "log", "run"):
        (var / name).mkdir(parents=True, exist_ok=True)
    port = _number(environ, "PORT", 8080)
    return Settings(
        var=var,
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{var / 'data' / 'platform.db'}",
        host=environ.get("HOST", "127.0.0.1"),
        port=port,
        web_processes=_number(environ, "WEB_PROCESSES", 2),
        demonstration=_switch(environ, "DEMONSTRATION"),
        proxies=_number(environ, "TRUSTED_PROXIES", 0),
        public_url=environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        https_only=_switch(environ, "HTTPS_ONLY"),
        log_to_terminal=_switch(environ, "LOG_TO_TERMINAL"),
        session_key=_secret(var, "session_key"),
        history_key=bytes.fromhex(_secret(var, "history_key")),
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


def _secret(var: Path, name: str) -> str:
    folder = var / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    while not path.exists():
        # Two processes may start at the same time: whoever links its file first has made the secret.
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), "ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text("ascii").strip()
