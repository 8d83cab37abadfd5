"""Every line of the log that a request causes bears the number that its person can name."""

import json
from pathlib import Path

from flask import Flask

from app.ops import logs
from tests.app.ops.test_logs import keep_handlers

__all__ = ["keep_handlers"]  # a fixture: the handlers of the tests stay


def test_lines_bear_the_number_of_their_request_and_no_other(app: Flask, tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    client = app.test_client()
    numbers = [client.get("/nothing-here").headers["X-Request-Id"] for _ in range(2)]
    assert logs.request_id.get() == "", "what is logged between requests belongs to none"
    lines = (tmp_path / "platform.log").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [line["request"] for line in told if line["logger"] == "access"] == numbers
    assert all(line["request"] in numbers for line in told)
