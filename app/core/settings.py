"""Where the product keeps its things, and the secrets that are made when they are first needed.

Everything that a running product writes stands below one folder, `var/` unless VAR says
otherwise: the SQLite file, files, logs, secrets. Nothing of it is ever committed.
"""

import os
import secrets
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """Return the folder for everything that is written while running."""
    return Path(os.environ.get("VAR") or ROOT / "var").resolve()


def folder(name: str) -> Path:
    """Return a folder below var/, made if missing."""
    path = var() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


@cache
def secret(name: str) -> bytes:
    """Return the secret of that name, 32 bytes, made at its first use and readable by the owner only.

    Two processes may start at the same time: whoever links its file first has made the secret.
    """
    path = folder("secrets") / f"{name}.key"
    if not path.exists():
        fresh = path.with_name(f".{name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
