import io
import re
import socket
from contextlib import redirect_stdout, suppress
from pathlib import Path

import pytest

from app.ops.cli import main
from app.ops.ports import free_port, is_taken, why_not

pytestmark = pytest.mark.usefixtures("own_var")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "缺少参数：命令"),
        (["fly"], "命令无效：fly，可用：serve"),
        (["create-admin"], "缺少参数：用户名"),
        (["create-admin", "a", "--name"], "--name 后面缺少内容"),
        (["serve", "--quick"], "无法识别的参数：--quick"),
        (["upgrade", "--quiet=1"], "后面不应有内容 1"),
    ],
)
def test_a_wrong_command_line_is_answered_in_chinese(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert "--help" in said


def _commands() -> list[str]:
    """Return the commands that the help lists."""
    said = io.StringIO()
    with redirect_stdout(said), suppress(SystemExit):
        main(["--help"])
    return re.findall(r"^ {4}([a-z-]+)(?: |$)", said.getvalue(), re.MULTILINE)


COMMANDS = _commands()
assert {"serve", "upgrade", "migrate-data", "verify-totals"} <= set(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_chinese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"] if command else ["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("用法：run.py")
    for english in ("usage", "options", "arguments", "show this"):
        assert english not in said


def test_who_holds_a_port_is_told_apart_from_an_address_of_nobody() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert is_taken("127.0.0.1", port)
        assert f"端口 {port} 已被占用" in why_not("127.0.0.1", port)
    assert "本机没有地址" in why_not("192.0.2.1", free_port())
    assert why_not("127.0.0.1", free_port()) == ""


def test_a_refusal_is_one_line_and_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(tmp_path / "nothing.tar.gz")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("✗ 没有找到备份文件")
    assert said.count("\n") == 1
