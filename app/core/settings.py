"""Where the product keeps its things, and the secrets that are made when they are first needed.

Everything that a running product writes stands below one folder, `var/` unless VAR says
otherwise: the SQLite file, files, logs, secrets. Nothing of it is ever committed.
"""

import os
import secrets
import stat
from functools import cache
from pathlib import Path

PRIVATE = ("secrets", "seal", "backup")  # for the service's own user alone

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """Return the folder for everything that is written while running."""
    return Path(os.environ.get("VAR") or ROOT / "var").resolve()


def folder(name: str) -> Path:
    """Return a folder below var/, made if missing."""
    path = var() / name
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        close_to_others(path)
    return path


def close_to_others(path: Path) -> None:
    """Take a folder's rights from other users of the machine: logs and files name people, secrets are secret."""
    mode = stat.S_IMODE(path.stat().st_mode)
    allowed = 0o700 if path.name in PRIVATE else 0o750
    if mode & ~allowed and path.stat().st_uid == os.getuid():
        path.chmod(mode & allowed)


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
