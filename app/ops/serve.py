"""All processes of one machine: loads once, then forks web and worker and starts simulators."""

import os
import secrets
import sys
from dataclasses import replace
from pathlib import Path

from app.ops import logs
from app.ops.backup import need_whole
from app.ops.ports import free_port, is_taken, why_not
from app.ops.preconditions import CannotRun, need_upgrade
from app.ops.supervisor import Part, Supervisor
from app.settings import ROOT, Settings


def serve(settings: Settings, *, demonstration: bool = False) -> int:
    """Serve until told to stop; return the exit code."""
    settings = replace(settings, demonstration=demonstration or settings.demonstration)
    need_whole(settings)
    if refusal := why_not(settings.host, settings.port):
        raise CannotRun(refusal)
    logs.configure(settings.logs, "main", to_terminal=settings.log_to_terminal)
    parts = _simulators(settings) if settings.demonstration else []
    wsgi = _load(settings)
    parts += [
        Part("web", lambda: _web(settings, wsgi)),
        Part("worker", lambda: _worker(settings, wsgi)),
    ]
    return Supervisor(parts, idle=Watch(settings)).watch()


class Watch:
    """What the supervisor does besides: say once that the site answers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.told = False

    def __call__(self) -> None:
        """Look once."""
        if not self.told and is_taken(self.settings.host, self.settings.port):
            self.told = True
            address = f"http://{self.settings.host}:{self.settings.port}"
            where = _short(self.settings.logs)
            print(f"✓ 已启动：{address}（按 Ctrl+C 停止，日志见 {where}）", flush=True)


def _load(settings: Settings) -> object:
    from app.core.db.database import session
    from app.upgrade import CannotUpgrade, upgrade
    from app.web.factory import create_resident_app

    if settings.demonstration:
        try:
            for line in upgrade(settings):
                print(f"· {line}")
        except CannotUpgrade as error:
            raise CannotRun(str(error)) from error
    wsgi = create_resident_app(settings)
    if settings.demonstration:
        from app.ops.demo import load

        for line in load():
            print(f"· {line}")
    need_upgrade()
    session.remove()
    session.get_bind().engine.dispose()
    return wsgi


def _web(settings: Settings, wsgi: object) -> int:
    from app.ops.web import Web

    logs.configure(settings.logs, "web", to_terminal=settings.log_to_terminal)
    Web(settings, wsgi).run()
    return 0


def _worker(settings: Settings, wsgi: object) -> int:
    from app.ops.worker import work

    logs.configure(settings.logs, "worker", to_terminal=settings.log_to_terminal)
    return work(wsgi)


def _simulators(settings: Settings) -> list[Part]:
    """Simulators are programs of their own; where they listen is handed on by the environment."""
    port = free_port()
    os.environ.update(
        SMS_GATEWAY_URL=f"http://127.0.0.1:{port}",
        SMS_GATEWAY_ACCOUNT="demonstration",
        SMS_GATEWAY_SECRET=secrets.token_hex(16),
    )
    print(f"· 短信网关模拟器：http://127.0.0.1:{port}（发出的短信在此查看）")
    options = ("--port", str(port), "--state", str(settings.var / "sms_simulator.db"))
    return [
        Part("sms gateway simulator", lambda: _program("devices.sms_gateway_simulator", *options))
    ]


def _program(module: str, *options: str) -> int:
    os.execv(sys.executable, [sys.executable, "-m", module, *options])  # noqa: S606 - a program of ours


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
