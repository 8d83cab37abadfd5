"""A counterpart on a network of its own, to try the exchange by files with: carrier and other side in one.

Run it as `python -m devices.file_counterpart_simulator --folder F --secret S [--contract C]`. It carries what
lies in F/out to its own side (F/there), checks the package, and answers messages as the contract says
(the first outcome of each) by packages in F/in. F/there/say.json, [{"message", "key", "values", "files":
{NAME: TEXT}}], makes it send on its own; the file is removed when that is done. It prints a line for each.
"""

import argparse
import hashlib
import hmac
import json
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from devices.contract import Contract


class OtherSide:
    """What the counterpart knows: how far it has read, and how far it has written."""

    def __init__(self, folder: Path, secret: str, contract: Contract) -> None:
        self.folder, self.secret, self.contract = folder, secret, contract
        self.there = folder / "there"
        self.there.mkdir(parents=True, exist_ok=True)
        for name in ("in", "out"):
            (folder / name).mkdir(exist_ok=True)
        self.taken = self.sent = 0

    def turn(self) -> None:
        """Carry what lies there, and say what is to be said."""
        for path in sorted((self.folder / "out").glob("*.zip")):
            self.carry(path)
        told = self.there / "say.json"
        if told.exists():
            for one in json.loads(told.read_text()):
                files = {name: text.encode() for name, text in one.pop("files", {}).items()}
                self.write({**one, "files": list(files)}, files)
            told.unlink()

    def carry(self, path: Path) -> None:
        """Take one package, or say why it cannot be taken."""
        with zipfile.ZipFile(path) as archive:
            written = archive.read("manifest.json")
            manifest = json.loads(written)
            faults = self.faults(manifest, written, archive)
        path.replace(self.there / path.name)
        if faults:
            say(f"{path.name} refused {'; '.join(faults)}")
            return
        self.taken = manifest["number"]
        for item in manifest["items"]:
            wrong = self.contract.faults(item["message"], item["values"])
            say(
                f"{path.name} {item['message']} {'wrong ' + '; '.join(wrong) if wrong else 'taken'}"
            )
            answer = None if wrong else self.contract.answer(item["message"])
            if answer is not None:
                outcome, values = answer
                self.write({"key": item["key"], "outcome": outcome, "values": values}, {})

    def faults(
        self, manifest: dict[str, Any], written: bytes, archive: zipfile.ZipFile
    ) -> list[str]:
        """Return what is wrong with a package."""
        found = []
        if not hmac.compare_digest(archive.read("manifest.sig").decode(), self.sign(written)):
            found.append("signature")
        if manifest["number"] != self.taken + 1:
            found.append(f"number {manifest['number']} after {self.taken}")
        for one in manifest["files"]:
            if hashlib.sha256(archive.read(one["name"])).hexdigest() != one["sha256"]:
                found.append(f"file {one['name']}")
        return found

    def write(self, item: dict[str, Any], files: dict[str, bytes]) -> None:
        """Write a package of its own and bring it."""
        self.sent += 1
        listed = [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        ]
        manifest = {"format": 1, "number": self.sent, "items": [item], "files": listed}
        written = json.dumps(manifest, ensure_ascii=False).encode()
        part = self.there / "next.part"
        with zipfile.ZipFile(part, "w") as archive:
            archive.writestr("manifest.json", written)
            archive.writestr("manifest.sig", self.sign(written))
            for name, data in files.items():
                archive.writestr(name, data)
        part.replace(self.folder / "in" / f"{self.sent:06}.zip")
        say(f"{self.sent:06}.zip brought")

    def sign(self, written: bytes) -> str:
        """Return what both sides compute over a manifest."""
        return hmac.new(self.secret.encode(), written, "sha256").hexdigest()


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Work until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--contract", type=Path)
    options = parser.parse_args()
    side = OtherSide(options.folder, options.secret, Contract(options.contract))
    say("ready")
    while True:
        side.turn()
        time.sleep(0.05)


if __name__ == "__main__":
    main()
