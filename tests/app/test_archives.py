"""Archives from outside are opened in one place only, and what is hostile or damaged is refused in words."""

import io
import random
import re
import struct
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from app.core.errors import Conflict, Rejected
from app.core.files import archives
from app.core.files.archives import Limits, Unfit
from app.core.files.workbooks import Book
from app.documents import template_filling
from app.intake.sources import FileSource

ROOT = Path(__file__).resolve().parents[2]
OURS = {  # what they open was made here: a backup, a workbook that goes out, a package that is written
    "app/core/files/archives.py", "app/web/views/export.py", "app/ops/backup.py", "generator/compare.py",
    "plugins/file_exchange.py", "plugins/zip_package.py",
}  # fmt: skip
OPENS = re.compile(r"\b(?:ZipFile|load_workbook|tarfile\.open|is_zipfile)\(")
READS_BY_ITSELF = {"app/core/files/readers/tables.py"}  # in the process that may be killed


def test_nobody_else_opens_an_archive() -> None:
    found = set()
    for folder in ("app", "plugins", "generator"):
        for path in (ROOT / folder).rglob("*.py"):
            if OPENS.search(path.read_text("utf-8")):
                found.add(str(path.relative_to(ROOT)))
    assert found <= OURS | READS_BY_ITSELF
    for name in ("plugins/file_exchange.py", "plugins/zip_package.py"):
        opened = [
            line
            for line in (ROOT / name).read_text("utf-8").splitlines()
            if "ZipFile(" in line and '"w"' not in line
        ]
        assert opened == []


def zipped(members: dict[str, bytes], **how: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **{"compression": zipfile.ZIP_DEFLATED, **how}) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def refusal(content: bytes, limits: Limits = archives.OFFICE, *, whole: bool = False) -> Unfit:
    with pytest.raises(Unfit) as refused, archives.opened(io.BytesIO(content), limits) as archive:
        if whole:
            archives.scan(archive, limits)
    return refused.value


def overlapping() -> bytes:
    """Two names for the bytes of one member."""
    content = bytearray(zipped({"a": b"x" * 100, "b": b"x" * 100}))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 42, 0)
    return bytes(content)


def many(number: int) -> bytes:
    return zipped({f"{n}": b"" for n in range(number)})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "broken"),
        (b"PK\x03\x04", "broken"),
        (zipped({"a": b"x"})[:-30], "broken"),
        (zipped({"a": b"x"}, compression=zipfile.ZIP_LZMA), "broken"),
        (zipped({"a": bytes(40_000_000)}), "huge"),
        (many(2001), "huge"),
        (zipped({"../a": b"x"}), "unsafe"),
        (zipped({"/a": b"x"}), "unsafe"),
        (zipped({"a\\b": b"x"}), "unsafe"),
        (zipped({"C:a": b"x"}), "unsafe"),
        (zipped({"a//b": b"x"}), "unsafe"),
        (zipped({"a": b"x", "A": b"y"}), "unsafe"),
        (overlapping(), "unsafe"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),  # bytes hold the time
)
def test_what_is_hostile_is_refused_before_it_is_unpacked(content: bytes, why: str) -> None:
    assert refusal(content).why == why


def test_a_list_that_lies_about_its_length_is_not_read() -> None:
    content = bytearray(zipped({"a": b"x"}))
    struct.pack_into("<I", content, content.rfind(b"PK\x05\x06") + 12, 0xFFFFFFF0)
    assert refusal(bytes(content)).why == "huge"


def test_an_archive_in_an_archive_is_refused_where_it_would_be_opened() -> None:
    nested = zipped({"word/document.xml": b"<w/>", "word/embeddings/a.bin": zipped({"a": b"x"})})
    assert refusal(nested, archives.WORD, whole=True).why == "unsafe"
    with archives.opened(io.BytesIO(nested), archives.OFFICE) as archive:
        archives.scan(archive, archives.OFFICE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_found_wherever_they_stand(encoding: str) -> None:
    text = "<?xml version='1.0'?>" + " " * 300_000 + "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"
    limits = replace(archives.WORD, ratio=100_000)
    found = refusal(zipped({"word/document.xml": text.encode(encoding)}), limits, whole=True)
    assert found.why == "unsafe"


def test_altered_bytes_are_noticed() -> None:
    content = bytearray(zipped({"a.xml": b"<a>%s</a>" % (b"x" * 100)}, compression=0))
    content[60] ^= 1
    assert refusal(bytes(content), whole=True).why == "broken"


# --- random damage to every reader: it says so in words, and never anything else -----------------------


def workbook() -> bytes:
    made, file = Workbook(), io.BytesIO()
    for number in range(20):
        made.active.append([f"第 {number} 件", number])
    made.save(file)
    return file.getvalue()


def word() -> bytes:
    made, file = Document(), io.BytesIO()
    made.add_paragraph("正文")
    made.save(file)
    return file.getvalue()


WHOLE = {"xlsx": workbook(), "docx": word(), "csv": "名称,数量\n书桌,3\n".encode("gb18030")}


def damaged(content: bytes, seed: int) -> bytes:
    """Cut, altered, doubled or rewritten bytes; or a member that is another one."""
    chance = random.Random(seed)
    what, made = chance.randrange(5), bytearray(content)
    if what == 0:
        return bytes(made[: chance.randrange(len(made))])
    if what == 1:
        for _ in range(chance.randrange(1, 20)):
            made[chance.randrange(len(made))] = chance.randrange(256)
        return bytes(made)
    if what == 2:
        at = chance.randrange(len(made))
        return bytes(made[:at] + made[at // 2 : at] + made[at:])
    if what == 3 or not zipfile.is_zipfile(io.BytesIO(content)):
        at = chance.randrange(len(made))
        made[at : at + 40] = chance.randbytes(40)
        return bytes(made)
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = chance.choice([*parts])
    part = parts[name]
    cut = chance.randrange(len(part) + 1)
    parts[name] = chance.choice([b"", part[:cut], part.replace(b"main", b"niam"), b"<a/>", b"\xff"])
    return zipped(parts)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", WHOLE)
def test_damaged_files_are_refused_in_words_or_read(tmp_path: Path, kind: str, seed: int) -> None:
    place = tmp_path / f"sent.{kind}"
    place.write_bytes(damaged(WHOLE[kind], seed))
    try:
        if kind == "docx":
            template_filling.check_upload(place, sealed=False)
        else:
            source = FileSource(place)
            try:
                source.count("Sheet")
            finally:
                source.close()
            if kind == "xlsx":
                Book(place).close()
    except (Rejected, Conflict) as error:
        said = error.message
    else:
        said = "读了"
    assert re.search("[一-鿿]", said), said


@given(st.binary(max_size=400))
def test_the_list_of_anything_is_read_or_refused(content: bytes) -> None:
    for one in (content, b"PK\x03\x04" + content, content + many(1)[-60:]):
        with suppress(Unfit):
            archives.inspect(io.BytesIO(one), archives.OFFICE)
