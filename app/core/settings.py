"""Where the product keeps its things, and the secrets that are made at set-up.

Everything that a running product writes stands below one folder, `var/` unless PLATFORM_VAR
says otherwise: the SQLite file, files, logs, secrets. Nothing of it is ever committed.
"""

import os
import secrets
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """Return the folder for everything that is written while running."""
    return Path(os.environ.get("PLATFORM_VAR", ROOT / "var"))


def folder(name: str) -> Path:
    """Return a folder below var/, made if missing."""
    path = var() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def database_url() -> str:
    """Return where the data live: DATABASE_URL, or a SQLite file below var/."""
    return os.environ.get("DATABASE_URL") or f"sqlite:///{folder('data') / 'platform.db'}"


def demonstration() -> bool:
    """Tell whether this is a demonstration (accounts are shown on the sign-in page)."""
    return os.environ.get("PLATFORM_DEMO") == "1"


@cache
def secret(name: str) -> bytes:
    """Return the secret of that name, 32 bytes, made at its first use and readable by the owner only."""
    path = folder("secrets") / f"{name}.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
