"""People who call the product's interface for programs, by a token or by the session of a browser."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from app.core import clock
from app.core.access.actor import acting_as
from app.core.db.database import session, unit_of_work
from app.security import accounts, request_identity, tokens
from tests.harness.people import open_person

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Caller:
    """Somebody who calls; one request, one session of the database."""

    def __init__(self, client: Any, headers: dict[str, str] | None = None) -> None:
        self.client = client
        self.headers = headers or {}

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Send a request as a program does."""
        session.remove()
        headers = {**self.headers, **more.pop("headers", {})}
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        answer: TestResponse = self.client.open(
            f"/api/v1/{path}", method=method, headers=headers, **more
        )
        answer.get_data()
        answer.close()  # a file that is sent stays open until then
        session.remove()
        return answer

    def get(self, path: str) -> Any:
        """Return what can be read there."""
        return done(self.call("GET", path))

    def post(self, path: str, **body: Any) -> Any:
        """Return what posting gives."""
        return done(self.call("POST", path, body))

    def patch(self, path: str, **body: Any) -> Any:
        """Return what changing gives; the version is that of now unless given."""
        if "version" not in body:
            body["version"] = self.get(path)["version"]
        return done(self.call("PATCH", path, body))

    def act(self, name: str, pk: int, action: str, **body: Any) -> Any:
        """Take an action, and return the record as it is then."""
        return self.post(f"{name}/{pk}/actions/{action}", **body)

    def try_to(self, name: str, pk: int, action: str, **body: Any) -> TestResponse:
        """Take an action that is expected to be refused."""
        return self.call("POST", f"{name}/{pk}/actions/{action}", body)

    def upload(self, name: str, slot: str, content: bytes = PDF, title: str = "扫描件.pdf") -> int:
        """Upload a file and return its number."""
        answer = self.call("POST", f"{name}/files/{slot}", data={"file": (BytesIO(content), title)})
        return int(done(answer)["id"])

    def papers(self, name: str, *slots: str) -> dict[str, list[int]]:
        """Upload one file for each line of a checklist."""
        return {slot: [self.upload(name, f"material.{slot}")] for slot in slots}


def with_token(app: Flask, user_id: int) -> Caller:
    """Return a program that acts for somebody, as far as they may act at all."""
    account = accounts.get(user_id)
    end = clock.now() + timedelta(days=90)
    with acting_as(request_identity.actor_of(user_id)), unit_of_work():
        text = tokens.issue(account, "测试", tokens.allowed(account), end, kind="person")
    return Caller(app.test_client(use_cookies=False), {"Authorization": f"Bearer {text}"})


def caller(app: Flask, *roles: str, **more: Any) -> Caller:
    """Return somebody new in these roles."""
    return with_token(app, open_person(*roles, **more))


def done(answer: TestResponse) -> Any:
    """Return what an answer says that must be a success."""
    assert answer.status_code in (200, 201), (answer.status_code, answer.text[:2000])
    return answer.get_json()


def refused(answer: TestResponse, status: int) -> Any:
    """Return what an answer says that must be a refusal, in the one form that refusals have."""
    assert answer.status_code == status, (answer.status_code, answer.text[:2000])
    content = answer.get_json()
    assert set(content) >= {"message", "faults"}, content
    assert content["message"]
    for fault in content["faults"]:
        assert set(fault) == {"path", "message", "level", "source"}
        assert fault["message"]
    assert "Traceback" not in answer.text
    return content


def paths(content: Any) -> set[str]:
    """Return where the faults of an answer are that refuse it."""
    return {fault["path"] for fault in content["faults"] if fault["level"] == "error"}


def picture(colour: str = "white") -> bytes:
    """Return a small picture."""
    stream = BytesIO()
    Image.new("RGB", (40, 20), colour).save(stream, "PNG")
    return stream.getvalue()
