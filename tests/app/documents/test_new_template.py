"""A template that was just made, printed by the real LibreOffice and sealed: the seal leaves the code readable."""

import io
import subprocess
from datetime import date

import pytest
from PIL import Image, ImageChops

from app.core.declare import registry
from app.core.plugin import forget_plugins
from app.documents import pdf_conversion, sealing, template_filling
from generator.cli import main
from tests.generator.projects import make

ADDRESSES = ("https://papers.example/verify/abcdef", "https://papers.example/verify/zyxwvu")
VALUES = {"topic": "主题", "room": "一号厅", "unit": "单位", "days": 2, "guests": [], "note": ""}


SEALED = {
    "file": "metadata/documents/desk.yaml",
    "old": "  edit: [note]",
    "new": "  seal: fao\n  edit: [note]",
}


@pytest.fixture
def template(tmp_path, own_var, monkeypatch):
    """The folder of a project in which the template of a sealed paper was made anew."""
    folder = make(tmp_path / "project", [SEALED])
    (folder / "metadata/documents/permit.docx").unlink()
    assert main(["--root", str(folder), "new", "template", "permit"]) == 0
    monkeypatch.setattr(template_filling, "TEMPLATES", folder / "metadata/documents")
    monkeypatch.setattr(registry, "_package", "tests.papers")
    monkeypatch.setenv("SEAL_DIRECTORY", str(own_var / "seal"))
    forget_plugins()
    return "permit.docx"


def drawn(pdf):
    """The last page as a picture."""
    made = subprocess.run(
        ["pdftoppm", "-png", "-r", "60", "-singlefile", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout
    return Image.open(io.BytesIO(made)).convert("RGB")


def differing(one, other):
    """The box in which two pictures of a page differ."""
    return ImageChops.difference(one, other).getbbox()


def test_the_seal_covers_neither_the_code_nor_leaves_the_page(template):
    papers = []
    for address in ADDRESSES:
        docx = template_filling.filled(template, VALUES, owner="示例市外事办公室", address=address)
        papers.append(
            pdf_conversion.pdf_of(
                template_filling.completed(docx, number="订〔2026〕0001号", day=date(2026, 11, 24))
            )
        )
    plain, other = map(drawn, papers)
    code = differing(plain, other)
    assert code, "the code depends on the address"
    seal = differing(plain, drawn(sealing.sealed(papers[0], "fao", "", "key")))
    assert seal, "the seal is there"
    apart = seal[0] >= code[2] or seal[2] <= code[0] or seal[1] >= code[3] or seal[3] <= code[1]
    assert apart, (seal, code)
    width, height = plain.size
    assert seal[0] > 0 and seal[2] < width and seal[1] > 0 and seal[3] < height
