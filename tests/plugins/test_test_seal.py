"""The test e-seal: visible, signed, the same key once, tampering found."""

import io

import pytest
from PIL import Image

from app.core.plugin import Place, Refused, Settings
from app.documents import pages, pdf_conversion
from plugins import test_seal as e_seal
from plugins.test_seal_image import seal_image, signature_image

PLACE = Place(page=0, x=300, y=400, name="office", text="示例市某某办公室")


@pytest.fixture(scope="module")
def pdf():
    from docx import Document

    target = io.BytesIO()
    document = Document()
    document.add_paragraph("示例")
    document.save(target)
    return pdf_conversion.pdf_of(target.getvalue())


@pytest.fixture
def seal(tmp_path):
    return e_seal.create(Settings("seal", {"directory": str(tmp_path), "owner": "示例办"}))


def test_a_sealed_pdf_holds_until_a_byte_changes(pdf, seal):
    sealed = seal.seal(pdf, PLACE, "k")
    assert (seal.check(sealed).valid, seal.check(sealed).count) == (True, 1)
    broken = bytearray(sealed)
    broken[len(pdf) // 2] ^= 1
    assert not seal.check(bytes(broken)).valid
    assert not seal.check(pdf).valid


def test_signature_and_seal_stand_together(pdf, seal):
    signed = seal.seal(pdf, Place(page=0, x=200, y=200, kind="signature", text="李文博"), "a")
    both = seal.check(seal.seal(signed, PLACE, "b"))
    assert (both.valid, both.count) == (True, 2)


def test_the_same_key_seals_once(pdf, seal):
    once = seal.seal(pdf, PLACE, "k")
    assert seal.seal(once, PLACE, "k") == once


def test_another_key_is_not_trusted(pdf, seal, tmp_path):
    other = e_seal.create(Settings("seal", {"directory": str(tmp_path / "other")}))
    assert not other.check(seal.seal(pdf, PLACE, "k")).valid


def test_what_is_added_after_sealing_is_found(pdf, seal):
    sealed = seal.seal(pdf, PLACE, "k")
    assert not seal.check(pages.voided(sealed)).valid


def test_the_key_is_readable_by_its_owner_only(pdf, seal, tmp_path):
    seal.seal(pdf, PLACE, "k")
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


def test_what_is_no_pdf_is_refused(seal):
    with pytest.raises(Refused, match="PDF"):
        seal.seal(b"nothing", PLACE, "k")


def test_the_seal_is_red_and_says_who(pdf):
    image = seal_image("示例市某某办公室")
    reds = [p for p in image.get_flattened_data() if p[3] > 200]
    assert len(reds) > 20_000
    assert all(red > 150 and green < 90 for red, green, _, _ in reds)
    assert image.tobytes() != seal_image("另一单位").tobytes()
    assert isinstance(signature_image("王小明"), Image.Image)
