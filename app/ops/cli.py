"""The command line of `run.py`: one function per command, each imports what it needs."""

import argparse
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from app.ops.preconditions import CannotRun
from app.settings import Settings, WrongSetting, load


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


class Help(argparse.HelpFormatter):
    """Help in the language of whoever reads it."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Begin with a Chinese word."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose own words are Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=Help, **options)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示本帮助")

    def error(self, message: str) -> NoReturn:
        """Say that the command line is wrong and how to find out."""
        self.exit(2, f"✗ {_in_chinese(message)}。查看用法：{self.prog} --help\n")


WORDS = (  # what argparse says, and the same in Chinese
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"无法识别的参数：\1"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1无效：\2，可用：\3"),
    (r"argument (.*?): expected one argument", r"\1 后面缺少内容"),
    (r"argument (.*?): ignored explicit argument (.*)", r"\1 后面不应有内容 \2"),
    (r"ambiguous option: (.*?) could match (.*)", r"选项 \1 不明确，可能是：\2"),
)


def _in_chinese(message: str) -> str:
    for pattern, words in WORDS:
        if match := re.fullmatch(pattern, message):
            return match.expand(words).replace("'", "")
    return f"命令写法不对（{message}）"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="run.py",
        description="业务平台：启动、升级与维护。",
        epilog="每个命令都有说明，如 run.py serve --help；环境变量与部署见 docs/operations.md。",
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
    upgrade.add_argument(
        "--rehearse", action="store_true", help="演练：全部照做后撤回，只报告要做什么、哪些表会少行"
    )
    upgrade.set_defaults(command=_upgrade)

    admin = commands.add_parser("create-admin", help="开通管理员账户（正式部署的第一步）")
    admin.add_argument("username", metavar="用户名", help="登录用的名字")
    admin.add_argument("--name", metavar="姓名", required=True, help="使用人的姓名，必填")
    admin.add_argument("--phone", metavar="手机号", help="找回密码和接收短信用")
    admin.add_argument(
        "--role", metavar="角色", default="system_admin", help="角色代码，默认 system_admin"
    )
    admin.set_defaults(command=_of("admin", "create_admin"))

    develop = commands.add_parser(
        "develop", help="开发时的网站：收到 SIGHUP 即换用新生成的代码（由 generator watch 启动）"
    )
    develop.add_argument(
        "--faults", metavar="文件", type=Path, help="元数据的错误写在这里，显示在打开的页面上"
    )
    develop.set_defaults(command=_of("develop", "develop"))

    stored = commands.add_parser("check-files", help="核对上传的文件是否完好")
    stored.add_argument("--clean", action="store_true", help="删除不属于任何记录的旧文件")
    stored.set_defaults(command=_of("admin", "check_files"))

    verify = commands.add_parser("verify-history", help="核对变更记录是否被改动")
    verify.set_defaults(command=_of("admin", "verify_history"))

    totals = commands.add_parser("verify-totals", help="核对各处汇总数是否与明细相符")
    totals.add_argument("--repair", action="store_true", help="按明细改正不符之处")
    totals.set_defaults(command=_of("admin", "verify_totals"))

    archived = commands.add_parser("verify-archive", help="核对已归档的办理件是否被改动")
    archived.set_defaults(command=_of("admin", "verify_archive"))

    schedule = commands.add_parser("schedule", help="列出定时任务，或立即执行其中一项")
    schedule.add_argument("job", metavar="任务名", nargs="?", help="立即执行这一项；不写则列出全部")
    schedule.set_defaults(command=_of("admin", "schedule"))

    data = commands.add_parser(
        "migrate-data",
        help="把旧系统的数据迁移进来：清洗、合并、载入，坏行逐条列出，可更正后再运行",
        description=(
            "按 metadata/migration/ 中的一项迁移，把来源中的每一行载入、合并或列为待更正。"
            "中断后再运行接着做，重复运行不会重复载入。"
            "来源写在 settings.ini 的 [migration] 中，或环境变量 MIGRATION_来源名 中。"
        ),
    )
    data.add_argument("name", metavar="迁移名", nargs="?", help="不写则列出全部迁移和已处理的行数")
    data.add_argument(
        "--rehearse", action="store_true", help="演练：全部照做后撤回，只报告结果和坏行"
    )
    data.add_argument(
        "--bad", metavar="文件", type=Path, help="把待更正的行连同原因写到一个 CSV 文件，不迁移"
    )
    data.add_argument(
        "--fix", metavar="文件", type=Path, help="先收下这个文件中的更正，再迁移；文件由 --bad 导出"
    )
    data.add_argument(
        "--report",
        metavar="文件",
        type=Path,
        help="把数据质量和逐表逐字段的对账写到一个 .xlsx 文件，不迁移；有差异时退出码为 1",
    )
    data.set_defaults(command=_of("migrating", "migrate_data"))

    backup = commands.add_parser("backup", help="备份数据库、文件与密钥（不必停机）")
    backup.add_argument(
        "target",
        metavar="备份文件",
        nargs="?",
        type=Path,
        help="写到哪里，默认 var/backup/ 下按时间命名",
    )
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="把备份恢复到一个空的安装")
    restore.add_argument("source", metavar="备份文件", type=Path, help="backup 命令写出的文件")
    restore.add_argument(
        "--connect",
        action="store_true",
        help="备份中连接短信网关、对象存储、接口的设置立即生效（代替原来的正式系统时用；演练时不要用）",
    )
    restore.set_defaults(command=_restore)

    demo = commands.add_parser("demo", help="载入演示数据（不用于正式系统）")
    demo.add_argument(
        "--reset", action="store_true", help="先清空演示系统的数据库和文件；正式系统不会被清空"
    )
    demo.set_defaults(command=_of("demo", "demo"))

    prepare = commands.add_parser("prepare", help="建立 var/ 目录与密钥（make setup 会调用）")
    prepare.set_defaults(command=_prepare)
    return parser


def _of(module: str, name: str) -> Callable[[Settings, argparse.Namespace], int | None]:
    """Return the command of a module that is imported only when it is asked for."""

    def command(settings: Settings, options: argparse.Namespace) -> int | None:
        found = getattr(importlib.import_module(f"app.ops.{module}"), name)
        result: int | None = found(settings, options)
        return result

    return command


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
    from app.ops.backup import need_whole
    from app.upgrade import CannotUpgrade, upgrade

    need_whole(settings)
    try:
        done = upgrade(settings, rehearse=options.rehearse)
    except CannotUpgrade as error:
        raise CannotRun(str(error)) from error
    if options.rehearse:
        print("\n".join([*done, "✓ 演练完成，全部已撤回，数据库没有改变。"]))
        return
    if done or not options.quiet:
        print("\n".join(done) or "数据库已是最新。")


def _backup(settings: Settings, options: argparse.Namespace) -> None:
    from app.ops.backup import backup

    print(f"✓ 已备份到 {backup(settings, options.target)}（内含密钥，请妥善保管）")


def _restore(settings: Settings, options: argparse.Namespace) -> None:
    from app.ops.backup import restore

    print("\n".join(restore(settings, options.source, connect=options.connect).words))
