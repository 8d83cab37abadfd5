"""Builds on every save, says what the change means, and lets a development server take it up."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO

from generator import output
from generator.compare import compare, text
from generator.compile import Result, compile_all
from generator.language import tr
from generator.load import FRAMEWORK
from generator.migrate.command import behind
from generator.world import Linked

WATCHED = {"metadata": (".yaml", ".yml", ".docx", ".csv"), "app/migrations": (".py",)}
EVERY = 0.1  # seconds between two looks
TRIAL = "tests/derived/serve.py"  # serves a project of metadata alone, with records made from it
SETTLED = 0.05  # seconds that nothing must change before it is read: editors write in pieces


@dataclass
class Watcher:
    """Looks at the sources and builds; `tell` gets what there is to say.

    `built` is called after each build that can be served, not where tables lack a revision, unless
    they are `revised` nowhere; `fault` gets what stands in the way of it, "" once nothing does.
    """

    root: Path
    tell: Callable[[str], None]
    built: Callable[[], None] = lambda: None
    fault: Callable[[str], None] = lambda text: None
    revised: bool = True
    known: Linked | None = None
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def begin(self) -> bool:
        """Build once; tell whether the metadata is right."""
        self.seen = stamps(self.root)
        return self._build()

    def look(self) -> bool:
        """Build if something was saved since the last look; tell whether it was."""
        now = stamps(self.root)
        if now == self.seen:
            return False
        while True:
            time.sleep(SETTLED)
            later = stamps(self.root)
            if later == now:
                break
            now = later
        self.seen = now
        self._build()
        gc.collect()  # the commands of the compiler run without; see __main__
        return True

    def _build(self) -> bool:
        result = compile_all(self.root)
        if result.problems:
            self.tell(result.report)
            self.fault(result.report)
            return False
        touched = output.write(self.root, result.files)
        lacking = behind(self.root, result.linked) if self.revised else []
        self.fault("\n".join(problem.message for problem in lacking))
        if not lacking:  # no page would find its columns; the revision is a save of its own
            self.built()  # the server loads while it is found out what the change means
        for line in self._said(result, touched):
            self.tell(line)
        for problem in lacking:
            self.tell(problem.message)
        self.known = result.linked
        return True

    def _said(self, result: Result, touched: list[str]) -> Iterator[str]:
        if self.known is None:
            yield tr(
                "{sources} sources, {files} files changed; watching metadata/",
                sources=len(result.data.sources),
                files=len(touched),
            )
        else:
            found = compare(self.known, result.linked)
            yield (
                text(found, tr("the last build"))
                if not found.empty
                else tr("saved; nothing means anything else")
            )


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """Return time and size of every source."""
    found = {}
    for folder, endings in WATCHED.items():
        for place, _, names in os.walk(root / folder):
            for name in names:
                if name.endswith(endings):
                    path = os.path.join(place, name)
                    with suppress(FileNotFoundError):  # an editor puts another file in its place
                        state = os.stat(path)
                        found[path] = (state.st_mtime_ns, state.st_size)
    return found


def watch(root: Path, *, serve: bool) -> int:
    """Watch until Ctrl-C; with `serve`, a server shows every build.

    Where the program stands beside the metadata it is the development server, which keeps its data and
    shows faults on its pages. A project that is metadata alone is served for a trial by the program that
    compiles it, each build with fresh records.
    """
    watcher = Watcher(root, lambda line: print(line, flush=True))
    if not serve:
        return _watch(watcher, None)
    if (root / "run.py").is_file():
        with TemporaryDirectory() as folder:
            faults = Path(folder, "faults.txt")
            watcher.fault = partial(_put, faults)
            return _watch(watcher, Developing(root, faults))
    if not (FRAMEWORK / TRIAL).is_file():
        print(
            tr(
                "{root} has no run.py, and {trial}, which would serve it, is not here:"
                " run the command in a checkout of the program",
                root=root,
                trial=TRIAL,
            ),
            file=sys.stderr,
        )
        return 2
    with TemporaryDirectory() as folder:
        watcher.revised = False  # it has no tables but those of the trial
        return _watch(watcher, Trying(root, Path(folder)))


def _put(path: Path, text: str) -> None:
    """Write a file that another process reads whenever it likes."""
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)


@dataclass
class Developing:
    """The development server of the folder: it takes a build up by itself."""

    root: Path
    faults: Path
    process: "subprocess.Popen[str] | None" = None

    def take_up(self) -> None:
        """Show what was built; it takes SIGHUP once it has said that it is loading."""
        if self.process:
            self.process.send_signal(signal.SIGHUP)

    def begin(self) -> None:
        """Start, whether or not there is anything right to show yet."""
        self.process = subprocess.Popen(
            [sys.executable, "run.py", "develop", "--faults", str(self.faults)],
            cwd=self.root, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        lines = self.process.stdout
        assert lines is not None
        first = lines.readline()
        Thread(target=_pass_on, args=(first, lines), daemon=True).start()


@dataclass
class Trying:
    """A server of a project that stands elsewhere: started anew for every build, below a folder of its own."""

    root: Path
    var: Path
    process: "subprocess.Popen[str] | None" = None

    def take_up(self) -> None:
        """Show what was built, with fresh records."""
        _end(self.process)
        module = TRIAL.removesuffix(".py").replace("/", ".")
        told = {"VAR": str(self.var / "var"), **os.environ, "TMPDIR": str(self.var)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, str(self.root.resolve())],
            cwd=FRAMEWORK, env=told, text=True,
        )  # fmt: skip

    def begin(self) -> None:
        """Wait for the first build: nothing else could be shown."""


def _watch(watcher: Watcher, server: Developing | Trying | None) -> int:
    if isinstance(server, Trying):
        watcher.built = server.take_up
    watcher.begin()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if server:
            server.begin()
            watcher.built = server.take_up
        while server is None or server.process is None or server.process.poll() is None:
            watcher.look()
            time.sleep(EVERY)
    except KeyboardInterrupt:
        return 0
    finally:
        _end(server.process if server else None)
    print(tr("the server has ended"), file=sys.stderr)
    return 1


def _end(process: "subprocess.Popen[str] | None") -> None:
    if process:
        process.terminate()
        process.wait(timeout=20)


def _pass_on(first: str, lines: IO[str]) -> None:
    print(first, end="", flush=True)
    for line in lines:
        print(line, end="", flush=True)
