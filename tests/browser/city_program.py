"""Serves a small demonstration city on a given morning: web, worker and gateway simulator, each a process.

python tests/browser/city_program.py 2026-11-10T09:00
"""

import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app import settings
from app.core import clock
from app.core.db.database import session


def main(morning: str) -> int:
    """Begin at that time of the office, let the clock run on from there, and serve until told to stop."""
    begin = datetime.fromisoformat(morning).replace(tzinfo=clock.ZONE)
    started = datetime.now(UTC)
    clock.set_clock(lambda: begin + (datetime.now(UTC) - started))
    found = dataclasses.replace(settings.load(), demonstration=True)
    _fill(found)
    from app.ops.serve import serve

    return serve(found, demonstration=True)


def _fill(found: settings.Settings) -> None:
    from app.demo.load import prepare
    from app.upgrade import upgrade
    from app.web.factory import create_app

    upgrade(found)
    create_app(found)
    prepare(session.get_bind().engine, "small")
    session.remove()
    session.get_bind().engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
