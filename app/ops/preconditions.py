"""What commands need before they do their work: a database that is there, words for why not."""

import sys

from app.settings import Settings


class CannotRun(Exception):
    """A command cannot do its work; the message is Chinese and says what to do."""


def need_upgrade() -> None:
    """Refuse to go on with a database that no upgrade has made."""
    from app.upgrade import is_made

    if not is_made():
        raise CannotRun("数据库不可用或尚未建立，请检查 DATABASE_URL，或先运行：run.py upgrade")


def tell_start(what: str, settings: Settings) -> None:
    """Say on the terminal, or in the journal, that a process starts, and what it waits for."""
    from app.core.db.database import session
    from app.upgrade import is_made

    where = "标准输出" if settings.log_to_terminal else settings.logs / "platform.log"
    print(f"✓ {what}，日志见{where}", flush=True)
    if not is_made():
        print(
            "! 数据库暂不可用或尚未建立，可用后自动继续；新安装请先运行 run.py upgrade",
            file=sys.stderr,
            flush=True,
        )
    session.remove()
    session.get_bind().engine.dispose()
