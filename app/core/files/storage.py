"""Where the contents of files lie, each under its hash: in a folder, or in an S3-compatible store.

Both keep a content once, have it safely when `put` returns, and never overwrite. Which one is
used stands in the section `[files]` of var/settings.ini (or in FILES_URL, FILES_KEY …): without
`url` it is the folder var/files, which all web machines must share.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from app.core import plugin, settings
from app.core.errors import Unavailable

FULL = "存储空间已满，没有保存，请联系系统管理员清理后重试"
AWAY = "文件存储暂不可用，请稍后重试；仍不成时请联系系统管理员"
PROBE = 64 * 1024  # bytes
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Missing(Exception):
    """The store lacks a content that the database speaks of."""


@dataclass(frozen=True)
class Kept:
    """Something that lies in the store; `at` (aware) is when it was put there."""

    name: str
    at: datetime


class Contents(Protocol):
    """One place for contents. All of it raises Unavailable where the place cannot be used."""

    def has(self, name: str) -> bool:
        """Tell whether a content is there."""

    def put(self, name: str, source: Path) -> None:
        """Keep the content of a file, which may be taken away by that; from now on it is young."""

    def open(self, name: str) -> IO[bytes]:
        """Open a content to read; Missing if it is not there."""

    def remove(self, name: str) -> None:
        """Remove a content if it is there."""

    def walk(self) -> Iterator[Kept]:
        """Return everything that lies there."""

    def check(self) -> None:
        """Raise Unavailable where nothing could be stored now."""


@contextmanager
def room() -> Iterator[None]:
    """Say in words that no space is left; whatever was being written is not kept."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise Unavailable(FULL) from error


class Folder:
    """Contents below var/files, spread over sub-folders by the beginning of the hash."""

    @property
    def root(self) -> Path:
        """The folder itself."""
        return settings.folder("files")

    def place(self, name: str) -> Path:
        """Return where a content lies."""
        return self.root / name[:2] / name[2:4] / name

    def has(self, name: str) -> bool:
        """Tell whether a content is there."""
        return self.place(name).exists()

    def put(self, name: str, source: Path) -> None:
        """Move the file, which lies on the same disk and was synchronised, to its place."""
        place = self.place(name)
        with room():
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                os.utime(place)  # young again: it is not forgotten, its row is on the way
            else:
                os.replace(source, place)
                _sync(place.parent)

    def open(self, name: str) -> IO[bytes]:
        """Open a content to read."""
        try:
            return self.place(name).open("rb")
        except FileNotFoundError:
            raise Missing(name) from None

    def remove(self, name: str) -> None:
        """Remove a content; what lies at the top is an upload that was broken off."""
        place = self.place(name)
        (place if place.exists() else self.root / Path(name).name).unlink(missing_ok=True)

    def walk(self) -> Iterator[Kept]:
        """Return contents and broken-off uploads."""
        for place in sorted(self.root.rglob("*")):
            if place.is_file():
                yield Kept(place.name, datetime.fromtimestamp(place.stat().st_mtime, UTC))

    def check(self) -> None:
        """Write a little, as an upload would."""
        _write_a_little(self.root)


def _write_a_little(folder: Path) -> None:
    """Write what every upload passes through first."""
    try:
        with room(), tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(PROBE))
            probe.flush()
    except OSError as error:
        raise Unavailable("文件目录不能写入") from error


def _sync(folder: Path) -> None:
    """Let the name of a new file reach the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Bucket:
    """Contents in a bucket that speaks the S3 protocol, under the hash as key."""

    def __init__(self, url: str, key: str, secret: str, region: str) -> None:
        import boto3  # heavy: only where it is used
        from botocore.config import Config

        address = urlsplit(url)
        self.bucket, _, prefix = address.path.strip("/").partition("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=f"{address.scheme}://{address.netloc}",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name=region,
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 2},
                s3={"addressing_style": "path"},
                # other makers' stores do not know the checksums that the client would add
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def has(self, name: str) -> bool:
        """Ask for the head of the object."""
        with self._reached():
            try:
                self.client.head_object(Bucket=self.bucket, Key=self.prefix + name)
            except self.client.exceptions.ClientError as error:
                if _status(error) == 404:
                    return False
                raise
        return True

    def put(self, name: str, source: Path) -> None:
        """Upload the file, in parts where it is large; an object appears whole or not at all."""
        with self._reached():  # also what is there: it must be young before its row is written
            self.client.upload_file(str(source), self.bucket, self.prefix + name)

    def open(self, name: str) -> IO[bytes]:
        """Fetch a content to a nameless file, since readers go back and forth in it."""
        target = tempfile.TemporaryFile(dir=settings.folder("files"))  # noqa: SIM115 - handed on
        try:
            with self._reached(), room():
                self.client.download_fileobj(self.bucket, self.prefix + name, target)
        except BaseException as error:
            target.close()
            if _status(error) == 404:
                raise Missing(name) from None
            raise
        target.seek(0)
        return target

    def remove(self, name: str) -> None:
        """Delete the object; a broken-off upload lies in the folder."""
        (settings.folder("files") / Path(name).name).unlink(missing_ok=True)
        with self._reached():
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def walk(self) -> Iterator[Kept]:
        """Return the objects page by page, and uploads that were broken off on this machine."""
        with self._reached():
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for item in page.get("Contents", ()):
                    yield Kept(item["Key"].removeprefix(self.prefix), item["LastModified"])
        for place in sorted(settings.folder("files").iterdir()):
            if place.is_file():
                yield Kept(place.name, datetime.fromtimestamp(place.stat().st_mtime, UTC))

    def check(self) -> None:
        """Ask for the bucket, and write a little where uploads come together."""
        _write_a_little(settings.folder("files"))
        with self._reached():
            try:
                self.client.head_bucket(Bucket=self.bucket)
            except self.client.exceptions.ClientError as error:
                raise Unavailable(AWAY) from error

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Say in words that the store does not answer, or refuses us."""
        from boto3.exceptions import S3UploadFailedError
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError, S3UploadFailedError) as error:
            if _status(error) == 404 and _code(error) != "NoSuchBucket":
                raise
            raise Unavailable(AWAY) from error


def _status(error: BaseException) -> int:
    answer = getattr(error, "response", None) or {}
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: BaseException) -> str:
    answer = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


_made: tuple[tuple[str, ...], Contents] | None = None


def contents() -> Contents:
    """Return the place that the settings name."""
    global _made
    given = plugin.settings_of("files")
    wanted = (
        given.get("url"),
        given.get("key"),
        given.get("secret"),
        given.get("region", "us-east-1"),
    )
    if _made is None or _made[0] != wanted:
        _made = wanted, Bucket(*wanted) if wanted[0] else Folder()
    return _made[1]
