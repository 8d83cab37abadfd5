"""Turns .docx into PDF with LibreOffice, in a process and a profile of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from app.core.plugin import settings_of

FONTS = Path(__file__).with_name("fonts.conf")
FILTER = (
    'pdf:writer_pdf_Export:{"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}'
)
MISSING = (
    "服务器未安装 LibreOffice，暂不能生成 PDF；文档内容已保存，安装后会自动补生成。"
    "请管理员执行：apt-get install --no-install-recommends libreoffice-writer-nogui fonts-noto-cjk"
)


class ConversionFailed(Exception):
    """A document could not be turned into PDF; the message is Chinese and safe to show."""


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
    program = soffice()
    if not program:
        raise OfficeMissing(MISSING)
    timeout = settings_of("documents").number("timeout", 60)
    with tempfile.TemporaryDirectory(prefix="document-") as name:
        folder = Path(name)
        source, target = folder / "document.docx", folder / "document.pdf"
        source.write_bytes(docx)
        said = _run([program, *_arguments(), "--outdir", name, str(source)], timeout)
        if not target.is_file():
            raise ConversionFailed(f"LibreOffice 没有生成 PDF：{said[-200:] or '没有说明原因'}")
        return target.read_bytes()


def _arguments() -> list[str]:
    profile = Path(tempfile.gettempdir()) / f"office-profile-{os.getuid()}-{os.getpid()}"
    return [
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        FILTER,
    ]


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
