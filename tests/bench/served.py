"""Web servers of two processes, and clients that keep their connection and stay signed in."""

import http.client
import random
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.ops.ports import free_port

GUNICORN = (
    "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "4", "--preload", "--keep-alive", "5",
)  # fmt: skip


class Server:
    """A program that serves on a port of its own."""

    def __init__(self, command: Sequence[Any], cwd: Path, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        line = [str(part).replace("{port}", str(self.port)) for part in command]
        self.log = cwd / f"server-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                line, cwd=cwd, env={**environment, "PORT": str(self.port)}, stdout=log, stderr=log
            )

    def __enter__(self) -> "Server":
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/nothing-here")
                connection.getresponse().read()
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text(errors="replace")[-3000:])

    def __exit__(self, *about: Any) -> None:
        self.process.terminate()
        self.process.wait(30)


@dataclass
class Client:
    """One person at a server; `secret` is what forms must carry, under `secret_name`."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, form: Sequence[tuple[str, str]] = ()) -> tuple[int, str]:
        """Send a request over the kept connection; return status and text."""
        body = urlencode(form) if method == "POST" else None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers["Referer"] = f"http://127.0.0.1:{self.server.port}{path}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()  # the server does not keep idle connections for ever
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.read().decode()

    def get(self, path: str) -> str:
        """Open a page that must be there."""
        status, text = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {text[:500]}")
        return text

    def sign_in(self, path: str, secret: str, **form: str) -> "Client":
        """Sign in by the form of a page; `secret` is the name of its hidden field, if it has one."""
        text = self.get(path)
        pairs = list(form.items())
        if secret:
            pairs.append((secret, hidden(text, secret)))
        status, text = self.ask("POST", path, pairs)
        if status not in (302, 303):
            raise RuntimeError(f"not signed in: {status} {text[:500]}")
        return self


def hidden(text: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{re.escape(name)}"[^>]*value="([^"]*)"', text)
    if found is None:
        raise RuntimeError(f"no field {name}: {text[:300]}")
    return found[1]


@dataclass(frozen=True)
class Times:
    """Milliseconds of one kind of request."""

    p50: float
    p95: float


def in_turns(works: Mapping[str, Any], *, rounds: int = 40, warm: int = 5) -> dict[str, Times]:
    """Time works one after the other in every round, so that all meet the same machine.

    Which comes after which is drawn anew for each round, never the same one twice running: whoever
    follows itself finds the processor's memory warm.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    chance, names = random.Random(7), list(works)
    for number in range(rounds + warm):
        last = names[-1]
        chance.shuffle(names)
        if len(names) > 1 and names[0] == last:
            names.append(names.pop(0))
        for name in names:
            began = time.perf_counter()
            works[name]()
            if number >= warm:
                taken[name].append((time.perf_counter() - began) * 1000)
    return {
        name: Times(statistics.median(values), statistics.quantiles(values, n=20)[-1])
        for name, values in taken.items()
    }


def per_second(clients: Sequence[Client], path: str, seconds: float = 4.0) -> float:
    """Return how many pages a second the clients get when each asks without pause."""
    counts = [0] * len(clients)
    until = time.perf_counter() + seconds

    def run(index: int) -> None:
        while time.perf_counter() < until:
            clients[index].get(path)
            counts[index] += 1

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def resident(server: Server) -> int:
    """Return the megabytes that a worker of a server holds, the largest of them."""
    children = subprocess.run(
        ["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    sizes = [0]
    for pid in children:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                sizes.append(int(line.split()[1]) // 1024)
    return max(sizes)


def faults(text: str) -> list[str]:
    """Return what a page says of a refused form."""
    return re.findall(r'class="(?:error|fault)[^"]*"[^>]*>(.{0,200})', text, re.S)[:5]
