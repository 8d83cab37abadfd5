"""Commands for whoever runs the installation: first accounts, history, timed jobs."""

import argparse
import getpass
import os
import sys

from app.core.access.actor import SYSTEM, acting_as
from app.core.aggregates import reconciliation
from app.core.audit import history, verification
from app.core.db.database import elevated, unit_of_work
from app.core.declare import registry
from app.core.errors import UserError
from app.core.files import attachments
from app.core.jobs import scheduler
from app.ops.preconditions import CannotRun, need_upgrade
from app.security import accounts, passwords
from app.settings import Settings
from app.web.factory import create_app


def create_admin(settings: Settings, options: argparse.Namespace) -> None:
    """Open the first accounts of an installation: one for each of the administrators' roles.

    The auditor finds each of them in the history, as those that are opened on screen.
    """
    role = _role(options.role)
    with create_app(settings).app_context(), acting_as(SYSTEM):
        need_upgrade()
        password = os.environ.get("ADMIN_PASSWORD") or _ask()
        try:
            with unit_of_work():
                faults = passwords.faults(password, None, options.username, options.phone or "")
                if faults:
                    raise CannotRun("密码不合要求：" + "；".join(faults))
                account = accounts.open_account(
                    name=options.name,
                    phone=options.phone,
                    username=options.username,
                    roles=(role,),
                    password=password,
                )
                name = account.user.username
                history.note(accounts.OBJECT, account.id, "open", {"username": [None, name]})
                title = registry.role(role).title
                history.note(accounts.OBJECT, account.id, "roles", {title: [None, "+"]})
        except UserError as error:
            raise CannotRun(f"未能开户：{error.words}") from error
    print(f"✓ 已开通账户 {options.username}（{registry.role(role).title}）")


def verify_history(settings: Settings, options: argparse.Namespace) -> int:
    """Walk the history's chains; exit 1 where one does not hold."""
    with create_app(settings).app_context(), acting_as(SYSTEM), elevated():
        need_upgrade()
        broken = 0
        for place in verification.verify(
            lambda count: print(f"  已核对 {count} 条", file=sys.stderr)
        ):
            broken += 1
            where = f"{place.object} {place.record_id} 第 {place.seq} 条：" if place.object else ""
            print(f"✗ {where}{place.what}")
    print(f"✗ 共 {broken} 处不符" if broken else "✓ 变更记录完整，未被改动")
    return 1 if broken else 0


def verify_archive(settings: Settings, options: argparse.Namespace) -> int:
    """Compare every archived case with what was written down; exit 1 where one differs."""
    from app.flow.execution import archive

    with create_app(settings).app_context(), acting_as(SYSTEM), elevated():
        need_upgrade()
        wrong = 0
        for case, what in archive.verify(lambda n: print(f"  已核对 {n} 件", file=sys.stderr)):
            wrong += 1
            title = registry.object(case.object).title
            print(f"✗ {title} {case.code or case.record_id} {case.title or ''}：{what}")
    print(f"✗ 共 {wrong} 件不符" if wrong else "✓ 归档的办理件完整，未被改动")
    return 1 if wrong else 0


def verify_totals(settings: Settings, options: argparse.Namespace) -> int:
    """Prove every kept number from its rows; exit 1 where one differs and was not put right."""
    with create_app(settings).app_context(), acting_as(SYSTEM), elevated():
        need_upgrade()
        wrong = 0
        for place in reconciliation.differences():
            wrong += 1
            print(f"✗ {place}")
        if wrong and options.repair:
            with unit_of_work():
                print(f"✓ 已按明细改正 {reconciliation.repair()} 处")
            return 0
    print(f"✗ 共 {wrong} 处不符，可用 --repair 按明细改正" if wrong else "✓ 汇总数与明细相符")
    return 1 if wrong else 0


def check_files(settings: Settings, options: argparse.Namespace) -> int:
    """Compare every stored file with its hash; name contents that belong to nothing, or remove them."""
    with create_app(settings).app_context(), acting_as(SYSTEM), elevated():
        need_upgrade()
        wrong = attachments.check_all()
        left = (
            attachments.remove_orphans() if options.clean else sum(1 for _ in attachments.orphans())
        )
    for pk, what in wrong:
        print(f"✗ 文件 {pk}：{what}")
    if left and not options.clean:
        print(f"· {left} 个文件不属于任何记录，可用 --clean 删除")
    done = f"，删除 {left} 个不属于任何记录的文件" if options.clean and left else ""
    print(f"✗ 共 {len(wrong)} 个文件有问题{done}" if wrong else f"✓ 文件完好{done}")
    return 1 if wrong else 0


def schedule(settings: Settings, options: argparse.Namespace) -> None:
    """List the timed jobs, or run one of them now."""
    with create_app(settings).app_context():
        import app.worker  # noqa: F401 - jobs of the worker declare themselves

        if not options.job:
            for job in scheduler.JOBS.values():
                when = f"每天 {job.at}" if job.at else f"每 {job.every} 秒"
                print(f"{job.name:24} {when:12} {job.title}")
            return
        if options.job not in scheduler.JOBS:
            raise CannotRun(f"没有名为“{options.job}”的任务，可用：{'、'.join(scheduler.JOBS)}")
        job = scheduler.JOBS[options.job]
        with acting_as(SYSTEM):
            print(f"✓ {job.title}：{job.run() or '完成'}")


def _role(name: str) -> str:
    roles = {role.name: role for role in registry.registry().roles.values()}
    if name not in roles:
        known = "、".join(f"{role.name}（{role.title}）" for role in roles.values())
        raise CannotRun(f"没有角色“{name}”，可用：{known}")
    return name


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CannotRun("请在终端运行，或用环境变量 ADMIN_PASSWORD 给出密码")
    password = getpass.getpass("密码：")
    if password != getpass.getpass("再输一次："):
        raise CannotRun("两次输入的密码不同")
    return password
