"""Exchange by files for networks that do not meet: packages are carried on a medium by a person.

A package NNNNNN.zip holds manifest.json, the files it names, and manifest.sig, the HMAC-SHA256 of the
manifest under the secret of both sides. The manifest says {"format": 1, "number", "items", "files":
[{"name", "size", "sha256"}]}; an item is a message {"message", "key", "values", "files": [names]} or an
answer {"key", "outcome", "values", "comment"}. Packages are numbered from 1 in each direction without a
gap. What comes is taken in that order; a package that is broken, doubled or out of order is moved to
`refused` beside a text that says why, and can be copied in again when that has been put right.

Settings of the interface's section: `secret`, `folder` (below VAR unless absolute); in it `out` is what the
carrier takes away, `in` where he puts what he brings, `done` and `refused` what became of that; `settle`,
seconds for which a file must have been left alone before it is read.
"""

import fcntl
import hashlib
import hmac
import json
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from app.core.files import archives
from app.core.plugin import (
    Answer,
    Answers,
    Arrival,
    Envelope,
    NotSent,
    NotTaken,
    Receipt,
    Refused,
    Settings,
)
from plugins import told

LARGEST = 256 * 1024 * 1024  # of all files of a package, unpacked
LARGEST_LIST = (
    64 * 1024 * 1024
)  # of its manifest, which is unpacked before it is known to be genuine
LARGEST_PACKAGE = LARGEST + LARGEST_LIST  # as it lies in the folder
LIMITS = archives.Limits(
    members=10_000,
    unpacked=LARGEST_PACKAGE,
    largest=LARGEST_PACKAGE,
    ratio=1100,  # what is genuine may be packed as well as it can; the rest is judged by its list
    nested=True,
)
OWN = ("manifest.json", "manifest.sig")  # what a package holds besides the files of its message
MOST_PACKAGES = 10_000  # in the folder at once; more is no exchange but an accident
MOST_KEYS = 10_000  # of packed messages that are remembered
AT_ONCE = LARGEST  # bytes of packages that are taken together; the rest is taken the next time
# What unpacking raises: torn or altered data, passwords, ways of packing that are not known.
UNREADABLE = (
    KeyError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError
)  # fmt: skip


class Broken(Exception):
    """A package is not what it should be; the message is Chinese."""


@dataclass(frozen=True)
class FileExchange:
    """Writes packages for the carrier and reads those he brings."""

    folder: Path
    secret: str
    settle: float = 5  # seconds for which a file must have been left alone
    honours_keys: bool = True  # a key that was packed once is not packed again

    def send(self, message: Envelope) -> Receipt:
        """Put a message into a package of its own."""
        try:
            with self._state() as state:
                return self._pack(state, message)
        except OSError as error:
            raise NotSent(f"无法写入交换目录：{error.strerror or error}") from error

    def poll(self, since: str) -> Answers:
        """Return what the packages after a number say, in their order; `since` is the last one taken."""
        begun = last = int(since) if since.isascii() and since.isdigit() else 0
        size = 0
        items: list[Answer] = []
        arrivals: list[Arrival] = []
        refused: list[NotTaken] = []
        try:
            with self._state() as state:
                for number, path in self._brought(refused):
                    content = path.read_bytes()
                    size += len(content)
                    if size > AT_ONCE and last > begun:
                        break
                    seen = hashlib.sha256(content).hexdigest()
                    if number <= begun and state["taken"].get(str(number)) == seen:
                        del state["taken"][str(number)]  # what was taken last time
                        path.replace(self._below("done") / path.name)
                    elif number <= last:
                        self._refuse(path, seen, f"第 {number} 包已经接收过", refused)
                    elif number > last + 1:
                        reason = f"缺第 {last + 1} 包，第 {number} 包须在它之后放入"
                        self._refuse(path, seen, reason, refused)
                    else:
                        try:
                            manifest, files = self._open(content)
                            _read(manifest, files, items, arrivals)
                        except Broken as error:
                            self._refuse(path, seen, str(error), refused)
                            continue
                        state["taken"][str(number)] = seen
                        last = number
                fresh = {n: seen for n, seen in state["taken"].items() if int(n) > begun}
                state["taken"] = fresh  # of the others somebody has removed the file
        except OSError as error:
            raise NotSent(f"无法读取交换目录：{error.strerror or error}") from error
        return Answers(
            items=tuple(items),
            arrivals=tuple(arrivals),
            refused=tuple(refused),
            cursor=str(last) if last else "",
        )

    def _pack(self, state: dict[str, Any], message: Envelope) -> Receipt:
        out = self._below("out")
        packed, at = state["packed"], message.at.isoformat()
        number = max((known for known, _ in packed.values()), default=0) + 1
        while (out / name_of(number)).exists():  # written, and the process died before it was noted
            with _zip(out / name_of(number)) as archive:
                manifest = self._manifest(archive)
            packed[manifest["items"][0]["key"]] = number, _now()
            number += 1
        if message.key in packed:
            return Receipt(id=name_of(packed[message.key][0]), duplicate=True)
        if at <= state["forgotten"]:
            raise Refused("这份报文生成已久，当时是否装过包已无记录；请与对方核对后，另行办理发送")
        item = {
            "message": message.message,
            "key": message.key,
            "values": dict(message.values),
            "files": [name for name, _ in message.files],
        }
        content = package(number, [item], message.files, self.secret)
        part = out / f".{name_of(number)}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out / name_of(number))
        packed[message.key] = number, at
        _forget(state)
        return Receipt(id=name_of(number))

    def _brought(self, refused: list[NotTaken]) -> Iterator[tuple[int, Path]]:
        """Yield the packages of the folder `in` by their numbers; what has none is refused."""
        found = []
        there = list(islice(self._below("in").glob("*.zip"), MOST_PACKAGES + 1))
        if len(there) > MOST_PACKAGES:
            raise NotSent(f"交换目录 in 中的文件超过 {MOST_PACKAGES:,} 个，请先清理")
        for path in sorted(there):
            known = path.stat()
            if time.time() - known.st_mtime < self.settle:
                continue  # perhaps it is still being copied
            if not path.is_file() or known.st_size > LARGEST_PACKAGE:
                seen = hashlib.sha256(f"{path.name} {known.st_size}".encode()).hexdigest()
                reason = f"不是文件，或超过 {LARGEST_PACKAGE // 1024 // 1024} MB"
                self._refuse(path, seen, reason, refused)
                continue
            try:
                found.append((self._number(path), path))
            except Broken as error:
                seen = hashlib.sha256(path.read_bytes()).hexdigest()
                self._refuse(path, seen, str(error), refused)
        yield from sorted(found, key=lambda one: (one[0], one[1].name))

    def _number(self, path: Path) -> int:
        """Return the number of a package; of what is in it only the manifest is read."""
        with _zip(path) as archive:
            return int(self._manifest(archive)["number"])

    def _manifest(self, archive: zipfile.ZipFile) -> dict[str, Any]:
        try:
            for name in OWN:
                if archive.getinfo(name).file_size > LARGEST_LIST:
                    raise Broken("清单过大")
            written = archive.read("manifest.json")
            signature = archive.read("manifest.sig").decode("ascii", "replace").strip()
        except UNREADABLE as error:
            raise Broken("包内没有清单或清单没有签名") from error
        if not hmac.compare_digest(signature.encode(), sign(written, self.secret).encode()):
            raise Broken("清单的签名不正确")
        try:
            manifest = json.loads(written)
            if manifest["format"] != 1 or int(manifest["number"]) < 1:
                raise ValueError
        except (ValueError, KeyError, TypeError) as error:
            raise Broken("清单的格式无法识别") from error
        return dict(manifest)

    def _open(self, content: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
        archive = _zip(BytesIO(content))
        manifest, files = self._manifest(archive), {}
        wanted = _listed(manifest)
        if sum(size for _, size, _ in wanted) > LARGEST:
            raise Broken("包内的文件过大")
        for name, size, digest in wanted:
            if name in files:
                raise Broken(f"清单中有两个名为 {name} 的文件")
            try:
                if archive.getinfo(name).file_size != size:
                    raise Broken(f"文件 {name} 与清单不符")
                data = archive.read(name)
            except UNREADABLE as error:
                raise Broken(f"文件 {name} 缺失或已损坏") from error
            if hashlib.sha256(data).hexdigest() != digest:
                raise Broken(f"文件 {name} 与清单不符")
            files[name] = data
        return manifest, files

    def _refuse(self, path: Path, seen: str, reason: str, refused: list[NotTaken]) -> None:
        target = self._below("refused") / f"{path.stem}-{seen[:8]}{path.suffix}"
        target.with_suffix(".txt").write_text(f"{reason}\n", encoding="utf-8")
        path.replace(target)
        refused.append(NotTaken(name=path.name, reason=reason, fingerprint=seen))

    def _below(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def _state(self) -> Iterator[dict[str, Any]]:
        """Keep other processes out and remember what was done.

        `packed` has the number of the package and the message's time by its key, `forgotten` the
        latest time of a message that is remembered no more, `taken` the digest of a package that came.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "state.json"
        with (self.folder / "state.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known: dict[str, Any] = {"packed": {}, "taken": {}, "forgotten": ""}
            known |= json.loads(path.read_text()) if path.exists() else {}
            for key, number in known["packed"].items():
                if isinstance(number, int):  # as it was noted formerly
                    known["packed"][key] = number, _now()
            yield known
            scratch = path.with_suffix(".new")
            with scratch.open("w") as file:
                json.dump(known, file)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)


def _forget(state: dict[str, Any]) -> None:
    """Forget the oldest packages: a message that was put out after all of them is none of them."""
    packed = state["packed"]
    for key in sorted(packed, key=lambda one: packed[one][0])[:-MOST_KEYS]:
        state["forgotten"] = max(state["forgotten"], packed.pop(key)[1])


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat()


def create(settings: Settings) -> FileExchange:
    """Make the exchange from `folder` and `secret`."""
    folder = settings.folder("folder", f"exchange/{settings.section}")
    return FileExchange(
        folder=folder, secret=settings.require("secret"), settle=settings.number("settle", 5)
    )


def package(
    number: int, items: list[dict[str, Any]], files: tuple[tuple[str, bytes], ...], secret: str
) -> bytes:
    """Return the bytes of a package; Refused where the names of its files do not tell them apart."""
    names = [*OWN, *(name for name, _ in files)]
    if len({name.casefold() for name in names}) < len(names):
        raise Refused("这份报文的附件中有重名，或与交换包自己的清单同名")
    listed = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files
    ]
    manifest = {"format": 1, "number": number, "items": items, "files": listed}
    written = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in zip(OWN, (written, sign(written, secret).encode()), strict=True):
            archive.writestr(name, data)
        for name, data in files:
            archive.writestr(name, data)
    return target.getvalue()


def sign(manifest: bytes, secret: str) -> str:
    """Return what both sides compute over a manifest."""
    return hmac.new(secret.encode(), manifest, "sha256").hexdigest()


def name_of(number: int) -> str:
    """Return the name of a package's file."""
    return f"{number:06}.zip"


def _zip(source: Path | BytesIO) -> zipfile.ZipFile:
    try:
        return archives.opened(source, LIMITS)
    except archives.Unfit as error:
        more = "" if error.why == "broken" else f"：{error.message}"
        raise Broken(f"不是完整的交换包{more}") from error


def _listed(manifest: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Return name, size and SHA-256 of the files that a manifest names."""
    try:
        return [
            (str(one["name"]), int(one["size"]), str(one["sha256"]))
            for one in manifest.get("files", ())
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Broken("清单的内容无法识别") from error


def _read(
    manifest: dict[str, Any],
    files: dict[str, bytes],
    items: list[Answer],
    arrivals: list[Arrival],
) -> None:
    """Take the items of a package apart; nothing of it counts unless all of it can be read."""
    answers, came = [], []
    try:
        for one in manifest["items"]:
            if "outcome" in one:
                answers.append(told.answer(one))
            else:
                attached = tuple((name, files[name]) for name in one.get("files", ()))
                came.append(told.arrival(one, attached))
    except (KeyError, TypeError, ValueError) as error:
        raise Broken("清单的内容无法识别") from error
    items += answers
    arrivals += came
