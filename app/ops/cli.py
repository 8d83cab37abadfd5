"""The command line of `run.py`: one function per command, each imports what it needs."""

import argparse
import sys
from collections.abc import Sequence

from app.settings import Settings, WrongSetting, load


class CannotRun(Exception):
    """A command cannot do its work; the message is Chinese and says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(load(), options) or 0)
    except (CannotRun, WrongSetting) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="外事业务平台：启动、升级与维护。",
        epilog="环境变量：PORT、HOST、DATABASE_URL、VAR、WEB_PROCESSES、TRUSTED_PROXIES、PUBLIC_URL、"
        "HTTPS_ONLY，说明见 docs/operations.md。",
    )
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True)

    serve = commands.add_parser(
        "serve", help="启动全部进程（网站、后台任务；演示方式还有模拟设备）"
    )
    serve.add_argument("--demonstration", action="store_true", help="载入演示数据并启动模拟设备")
    serve.set_defaults(command=_serve)

    web = commands.add_parser("web", help="只启动网站进程（由服务管理程序分别启动时使用）")
    web.set_defaults(command=_web)

    worker = commands.add_parser("worker", help="只启动后台任务进程（短信、文书、定时任务）")
    worker.set_defaults(command=_worker)

    upgrade = commands.add_parser("upgrade", help="建立或升级数据库，补齐默认数据与权限")
    upgrade.add_argument("--quiet", action="store_true", help="没有变化时不输出")
    upgrade.set_defaults(command=_upgrade)

    prepare = commands.add_parser("prepare", help="建立 var/ 目录与密钥（make setup 会调用）")
    prepare.set_defaults(command=_prepare)
    return parser


def _prepare(settings: Settings, options: argparse.Namespace) -> None:
    """`load` has made folders and secrets already."""


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    from app.ops.serve import serve

    return serve(settings, demonstration=options.demonstration)


def _web(settings: Settings, options: argparse.Namespace) -> int:
    from app.ops.web import run

    return run(settings)


def _worker(settings: Settings, options: argparse.Namespace) -> int:
    from app.ops.worker import run

    return run(settings)


def _upgrade(settings: Settings, options: argparse.Namespace) -> None:
    from app.upgrade import upgrade

    done = upgrade(settings)
    if done or not options.quiet:
        print("\n".join(done) or "数据库已是最新。")
