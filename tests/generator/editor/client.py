"""An editor for tests: speaks the protocol with a real process over its standard input and output."""

import json
import subprocess
import sys
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from tests.generator.projects import HERE
from tests.harness.patience import until

ROOT = HERE.parent.parent
Json = dict[str, Any]


class Editor:
    """A process of the language server, and all that it said."""

    def __init__(self, *folders: Path, root: Path | None = None) -> None:
        command = [sys.executable, "-m", "generator"]
        command += ["--root", str(root)] if root else []
        self.process = subprocess.Popen(
            [*command, "lsp"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.numbers = count(1)
        self.speaking = Lock()
        self.heard: list[Json] = []
        self.shown: dict[Path, list[Json]] = {}  # diagnostics as they were published last
        self.ear = Thread(target=self._hear, daemon=True)
        self.ear.start()
        named = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
        watching = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
        about = {"processId": None, "rootUri": None, "capabilities": watching}
        self.capabilities = self.ask("initialize", about | {"workspaceFolders": named})
        self.tell("initialized", {})

    def _hear(self) -> None:
        stream = self.process.stdout
        assert stream
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            said = json.loads(stream.read(length))
            if said.get("method") == "textDocument/publishDiagnostics":
                file = Path(said["params"]["uri"].removeprefix("file://"))
                self.shown[file] = said["params"]["diagnostics"]
            self.heard.append(said)
            if "method" in said and "id" in said:
                self._send({"id": said["id"], "result": None})

    def _send(self, said: Json) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **said}).encode()
        with self.speaking:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.process.stdin.flush()

    def tell(self, method: str, about: Json) -> None:
        """Send what is not answered."""
        self._send({"method": method, "params": about})

    def ask(self, method: str, about: Json) -> Any:
        """Ask and return the answer; one that is an error fails."""
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": about})
        answer = until(
            lambda: next((one for one in self.heard if one.get("id") == number), None),
            f"{method} was not answered",
        )
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, file: Path, text: str | None = None) -> None:
        """Open a file, as it is or with another text."""
        text = file.read_text(encoding="utf-8") if text is None else text
        about = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": about})

    def type(self, file: Path, text: str) -> None:
        """Change the whole text of an open file."""
        about = {"uri": file.as_uri(), "version": 2}
        self.tell(
            "textDocument/didChange", {"textDocument": about, "contentChanges": [{"text": text}]}
        )

    def at(self, method: str, file: Path, text: str, mark: str, **more: Any) -> Any:
        """Ask about the place right behind a mark that stands once in a text."""
        assert text.count(mark) == 1, mark
        before = text[: text.index(mark) + len(mark)]
        row = before.rsplit("\n", 1)[-1]
        place = {"line": before.count("\n"), "character": len(row.encode("utf-16-le")) // 2}
        about = {"textDocument": {"uri": file.as_uri()}, "position": place}
        return self.ask(f"textDocument/{method}", about | more)

    def codes(self, file: Path) -> list[str] | None:
        """Return the codes of the faults that are shown in a file, None if nothing was said of it."""
        found = self.shown.get(file)
        return None if found is None else [one["code"] for one in found]

    def shows(self, file: Path, *codes: str) -> list[Json]:
        """Wait until a file shows these faults and no others."""
        until(
            lambda: self.codes(file) == list(codes),
            lambda: f"{file.name} shows {self.codes(file)}, not {codes}",
        )
        return self.shown[file]

    def messages(self) -> list[str]:
        """Return what was shown as messages."""
        return [
            one["params"]["message"]
            for one in list(self.heard)
            if one.get("method") == "window/showMessage"
        ]

    def close(self) -> int:
        """Say goodbye; return the exit code."""
        self.ask("shutdown", {})
        self.tell("exit", {})
        return self.process.wait(60)

    def __enter__(self) -> "Editor":
        return self

    def __exit__(self, *fault: object) -> None:
        self.process.kill()
        self.process.wait()
        self.ear.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
