"""Turns .docx into PDF with LibreOffice, in a process and a profile of its own."""

import fcntl
import io
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core import settings
from app.core.files import archives
from app.core.plugin import settings_of

FONTS = Path(__file__).with_name("fonts.conf")
FILTER = (
    'pdf:writer_pdf_Export:{"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}'
)
MISSING = (
    "服务器未安装 LibreOffice，暂不能生成 PDF；文档内容已保存，安装后会自动补生成。"
    "请管理员执行：apt-get install --no-install-recommends libreoffice-writer-nogui fonts-noto-cjk"
)


SLOTS = 2  # conversions at the same time on one machine
MEMORY = (
    4096  # MiB of addresses that one conversion may take: what needs more is no paper of an office
)


class ConversionFailed(Exception):
    """A document could not be turned into PDF; the message is Chinese and safe to show."""


class Unfit(ConversionFailed):
    """A document is damaged, or larger than is drawn: trying again changes nothing."""


class OfficeMissing(ConversionFailed):
    """LibreOffice is not installed."""


def soffice() -> str:
    """Return the path of LibreOffice, or "" when there is none."""
    named = settings_of("documents").get("soffice")
    if named:
        return named if Path(named).is_file() else ""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def pdf_of(docx: bytes) -> bytes:
    """Return the PDF of a .docx; bookmarks become named destinations."""
    try:
        archives.inspect(io.BytesIO(docx), archives.WORD)
    except archives.Unfit as error:
        raise Unfit(f"文档不能生成 PDF：{error.message}") from error
    program = soffice()
    if not program:
        raise OfficeMissing(MISSING)
    timeout = settings_of("documents").number("timeout", 60)
    with tempfile.TemporaryDirectory(prefix="document-") as name, _profile(timeout) as profile:
        folder = Path(name)
        source, target = folder / "document.docx", folder / "document.pdf"
        source.write_bytes(docx)
        command = [program, *_arguments(profile), "--outdir", name, str(source)]
        memory = settings_of("documents").number("memory", MEMORY)
        said = _run([*_confined(memory), *command], timeout)
        if not target.is_file():
            raise ConversionFailed(f"LibreOffice 没有生成 PDF：{said[-200:] or '没有说明原因'}")
        return target.read_bytes()


@contextmanager
def _profile(patience: float) -> Iterator[Path]:
    """Lend a profile that nobody else uses just now: two LibreOffices in one refuse each other."""
    until = time.monotonic() + patience
    while True:
        for slot in range(SLOTS):
            profile = settings.folder("cache") / f"office-{slot}"
            lock = os.open(profile.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            try:
                yield profile.resolve()
            finally:
                os.close(lock)  # which also unlocks it
            return
        if time.monotonic() > until:
            raise ConversionFailed("正在生成的函件较多，请稍后重试")
        time.sleep(0.2)


def _arguments(profile: Path) -> list[str]:
    return [
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        FILTER,
    ]


def _confined(memory: float) -> list[str]:
    """Return what a command is run by, so that neither it nor its children take more memory.

    A shell takes the limit upon itself first: between fork and exec Python may run nothing of its own.
    Where it may not, a narrower one holds already.
    """
    return ["/bin/sh", "-c", f'ulimit -v {int(memory * 1024)} 2>/dev/null; exec "$@"', "sh"]


def _run(command: list[str], timeout: float) -> str:
    environment = {**os.environ, "FONTCONFIG_FILE": str(FONTS), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        # soffice starts a child of its own: the whole group must go
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise ConversionFailed(f"LibreOffice 在 {timeout:.0f} 秒内没有完成转换，请重试") from None
    return said.decode(errors="replace").strip()
