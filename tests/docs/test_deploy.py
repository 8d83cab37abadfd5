"""The files of docs/deploy are what an operator starts: a real nginx before two groups of the real site."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.harness.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
NGINX = shutil.which("nginx") or ROOT / "var" / "tools" / "nginx"
PASSWORD = "Huanghe-Lou-2026"
FRAME = """daemon off;
worker_processes 1;
pid {here}/nginx.pid;
error_log {here}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    {site}
}}
"""


def free_ports(number: int) -> list[int]:
    with ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(number)]
        for probe in found:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in found]


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fao.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fao.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "fao.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "fao.crt"


def site(folder: Path, plain: int, secure: int, groups: list[int]) -> str:
    """Return the committed configuration with the ports, host and files of this test."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for old, new in (
        ("127.0.0.1:8080", f"127.0.0.1:{groups[0]}"),
        ("127.0.0.1:8081", f"127.0.0.1:{groups[1]}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("https://fao.example$request_uri", f"https://127.0.0.1:{secure}$request_uri"),
        ("server_name fao.example;", "server_name 127.0.0.1;"),
        ("/etc/ssl/", f"{folder}/"),
        ("/srv/platform/current/", f"{ROOT}/"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def running(*command: str | Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([str(part) for part in command], **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def browser(authority: Path) -> Callable[..., tuple[int, str, str]]:
    """Return a function that asks an address and gives status, final address and text."""
    context = ssl.create_default_context(cafile=str(authority))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(CookieJar()),
    )

    def ask(address: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(address))
        headers = {"Origin": origin, "Referer": address} if data else {}
        wanted = urllib.request.Request(address, data, headers)
        try:
            with opener.open(wanted, timeout=PATIENCE) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.url, refusal.read().decode()

    return ask


@pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not here; make setup fetches it")
@pytest.mark.timeout(300)
def test_the_documented_proxy_serves_the_site(tmp_path: Path) -> None:
    """On another port than 443, from plain HTTP, with a group that stops, and with none left."""
    plain, secure, *groups = free_ports(4)
    home = f"https://127.0.0.1:{secure}"
    (tmp_path / "var").mkdir()
    environment = {
        **{
            name: value for name, value in os.environ.items() if name not in ("VAR", "DATABASE_URL")
        },
        "VAR": str(tmp_path / "var"),
        "ADMIN_PASSWORD": PASSWORD,
        "HTTPS_ONLY": "1",
        "TRUSTED_PROXIES": "1",
        "WEB_PROCESSES": "1",
        "PUBLIC_URL": home,
    }

    def command(*words: str) -> None:
        subprocess.run(
            [sys.executable, "run.py", *words],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )

    command("upgrade")
    command("create-admin", "xitong", "--name", "系统管理员", "--role", "system_admin")
    authority = certificate(tmp_path)
    frame = FRAME.format(here=tmp_path, site=site(tmp_path, plain, secure, groups))
    (tmp_path / "nginx.conf").write_text(frame, "utf-8")
    with ExitStack() as stack:
        sites = [
            stack.enter_context(
                running(
                    sys.executable, "run.py", "web", cwd=ROOT, env={**environment, "PORT": str(port)},
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
            )
            for port in groups
        ]  # fmt: skip
        stack.enter_context(
            running(NGINX, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log")
        )
        for port in (*groups, secure, plain):
            until(lambda port=port: answers(port), f"nothing on {port}: {tmp_path / 'error.log'}")
        ask = browser(authority)
        status, address, page = ask(f"http://127.0.0.1:{plain}/sign-in")
        assert (status, address) == (200, f"{home}/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, page[:2000]
        form = {"username": "xitong", "password": PASSWORD, "csrf_token": token[1]}
        status, address, page = ask(f"{home}/sign-in", form)
        assert status == 200 and "/sign-in" not in address, page[:2000]
        sites[0].terminate()
        sites[0].wait(PATIENCE)
        for _ in range(4):
            status, address, page = ask(f"{home}/me")
            assert status == 200, "the other group goes on, the session is in the database"
        sites[1].terminate()
        sites[1].wait(PATIENCE)
        status, _, page = ask(f"{home}/me")
        assert status in (502, 504) and "系统暂时无法访问" in page


@pytest.mark.parametrize("name", ["platform-web.service", "platform-worker.service"])
def test_the_services_start_commands_that_exist(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    command = re.search(r"run\.py (\w+)\n", text)
    assert command and command[1] in name
    done = subprocess.run(
        [sys.executable, "run.py", command[1], "--help"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert "EnvironmentFile=/etc/platform.env" in text
