"""A test e-seal: draws a seal that says so and signs the PDF with a test key made on this machine."""

import hashlib
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from PIL import Image
from pyhanko import stamp
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.core.plugin import Place, Refused, SealCheck, Settings
from plugins.test_seal_image import NoFont, seal_image, signature_image

# a file that was tampered with is an answer, not an error to be logged with a traceback
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

MILLIMETRE = 72 / 25.4
SEAL_SIDE = 42 * MILLIMETRE
SIGNATURE_HEIGHT = 15 * MILLIMETRE
YEARS = 10


@dataclass(frozen=True)
class TestSeal:
    """Seals with a key below `directory`; `owner` is drawn where the place names nobody."""

    __test__ = False  # the name begins with Test, yet it is no test

    directory: Path
    owner: str
    honours_keys: bool = True

    def seal(self, pdf: bytes, place: Place, key: str) -> bytes:
        """Return the PDF with one more visible, signed seal; a repeated key changes nothing."""
        field = f"{place.kind}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        if field in _signed_fields(pdf):
            return pdf
        try:
            image = (
                signature_image(place.text)
                if place.kind == "signature"
                else seal_image(place.text or self.owner)
            )
        except NoFont as error:
            raise Refused(str(error)) from error
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        append_signature_field(
            writer,
            SigFieldSpec(field, on_page=place.page, box=_box(place, image.width / image.height)),
        )
        signer = PdfSigner(
            PdfSignatureMetadata(
                field_name=field, reason="电子签章（测试）", md_algorithm="sha256"
            ),
            signer=self._signer(),
            stamp_style=_look(image),
        )
        return signer.sign_pdf(writer).getvalue()

    def check(self, pdf: bytes) -> SealCheck:
        """Say whether every seal holds and nothing but seals and marks was added since."""
        self._make_key()
        anchor = x509.load_pem_x509_certificate((self.directory / "certificate.pem").read_bytes())
        context = ValidationContext(trust_roots=[_asn1(anchor)], allow_fetching=False)
        try:
            signatures = PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures
            if not signatures:
                return SealCheck(valid=False, reason="文件上没有电子签章")
            states = [validate_pdf_signature(one, context) for one in signatures]
        except (PdfError, ValueError) as error:
            return SealCheck(valid=False, reason=f"文件无法验证：{type(error).__name__}")
        bad = [state for state in states if not state.bottom_line]
        return SealCheck(
            valid=not bad,
            signer=str(states[0].signing_cert.subject.human_friendly),
            reason="签章之后内容被改动，或签章证书不可信" if bad else "",
            count=len(states),
        )

    def _signer(self) -> SimpleSigner:
        self._make_key()
        return SimpleSigner.load(
            key_file=str(self.directory / "key.pem"),
            cert_file=str(self.directory / "certificate.pem"),
        )

    def _make_key(self) -> None:
        if (self.directory / "certificate.pem").is_file():
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        _write_once(self.directory / "key.pem", _pem_of(key))
        kept = serialization.load_pem_private_key((self.directory / "key.pem").read_bytes(), None)
        assert isinstance(kept, rsa.RSAPrivateKey)
        certificate = _certificate(kept, self.owner)
        _write_once(
            self.directory / "certificate.pem",
            certificate.public_bytes(serialization.Encoding.PEM),
        )


def create(settings: Settings) -> TestSeal:
    """Make the test seal from `seal.directory` and `seal.owner`."""
    return TestSeal(settings.folder("directory", "seal"), settings.get("owner", "测试单位"))


def _box(place: Place, ratio: float) -> tuple[int, int, int, int]:
    height = SIGNATURE_HEIGHT if place.kind == "signature" else SEAL_SIDE
    width = height * ratio
    return (
        round(place.x - width / 2),
        round(place.y - height / 2),
        round(place.x + width / 2),
        round(place.y + height / 2),
    )


def _look(image: Image.Image) -> stamp.StaticStampStyle:
    picture = PdfImage(image, box=BoxConstraints(width=image.width, height=image.height))
    return stamp.StaticStampStyle(background=picture, background_opacity=1, border_width=0)


def _signed_fields(pdf: bytes) -> set[str]:
    try:
        signatures = PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures
    except PdfError as error:
        raise Refused("待签章的文件不是可用的 PDF") from error
    return {one.field_name for one in signatures}


def _certificate(key: rsa.RSAPrivateKey, owner: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{owner}（测试证书）"[:64])])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _pem_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; when two processes race, the first one wins."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _asn1(certificate: x509.Certificate) -> object:
    from asn1crypto.x509 import Certificate

    return Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
