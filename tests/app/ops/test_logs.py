import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ops import logs


@pytest.fixture(autouse=True)
def keep_handlers() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    for handler in set(logging.root.handlers) - set(handlers):
        handler.close()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    logging.captureWarnings(False)


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "platform.log").read_text("utf-8").splitlines()]


def test_a_record_is_one_line_with_its_request(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    token = logs.request_id.set("r-1")
    logging.getLogger("x").info("已保存 %s", "一\n二", extra={"status": 200})
    logs.request_id.reset(token)
    (line,) = lines(tmp_path)
    assert line["message"] == "已保存 一\n二"
    assert (line["request"], line["process"], line["status"]) == ("r-1", "web", 200)
    assert str(line["time"]).endswith("Z")


def test_an_error_carries_its_traceback(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("x").exception("failed")
    assert "ValueError: no" in str(lines(tmp_path)[0]["error"])


def failing() -> None:
    try:
        raise ConnectionError("away")
    except ConnectionError:
        logging.getLogger("x").exception("request failed")


def test_an_error_that_comes_again_leaves_one_traceback_and_lines(tmp_path: Path) -> None:
    """A database that is away wrote megabytes: two tracebacks a request."""
    logs.configure(tmp_path, "web")
    moment = [0.0]
    (quiet,) = (one for one in logging.root.handlers[-1].filters if isinstance(one, logs.Repeats))
    quiet.now = lambda: moment[0]
    for _ in range(50):
        failing()
    moment[0] = logs.QUIET + 1
    failing()
    found = lines(tmp_path)
    assert [bool(line.get("error")) for line in found] == [True, *[False] * 49, True]
    assert "as in the last traceback" in str(found[1]["repeats"])
    assert found[-1]["left_out"] == 49
    try:
        raise ValueError("another")
    except ValueError:
        logging.getLogger("x").exception("other")
    assert "ValueError" in str(lines(tmp_path)[-1]["error"]), (
        "another error has a traceback of its own"
    )


def test_the_file_is_bounded_whoever_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LIMIT", 20_000)
    logs.configure(tmp_path, "web")
    for number in range(2000):
        logging.getLogger("x").info("line %s", number)
    sizes = [path.stat().st_size for path in tmp_path.glob("platform.log*")]
    assert 1 < len(sizes) <= logs.KEEP + 1
    assert max(sizes) < 21_000
    assert lines(tmp_path)[-1]["message"] == "line 1999"


def test_a_large_file_is_put_aside_while_we_write(tmp_path: Path) -> None:
    logs.configure(tmp_path, "web")
    logging.getLogger("x").info("first")
    path = tmp_path / "platform.log"
    assert not logs.rotate(path)
    assert logs.rotate(path, limit=1, keep=2)
    logging.getLogger("x").info("second")
    assert [line["message"] for line in lines(tmp_path)] == ["second"]
    assert logs.rotate(path, limit=1, keep=2)
    assert "first" in (tmp_path / "platform.log.2").read_text("utf-8")


def test_a_request_is_found_by_its_number_also_in_the_file_before(tmp_path: Path) -> None:
    def write(number: str, message: str, logger: str = "access") -> None:
        token = logs.request_id.set(number)
        logging.getLogger(logger).info(message, extra={"status": 404})
        logs.request_id.reset(token)

    assert logs.find(tmp_path, "0A0A0A0A", "access") is None
    logs.configure(tmp_path, "web")
    write("0A0A0A0A", "GET /a")
    assert logs.rotate(tmp_path / "platform.log", limit=1)
    write("0B0B0B0B", "GET /b")
    write("0B0B0B0B", 'tells of "request": "0A0A0A0A"', "x")
    found = [logs.find(tmp_path, number, "access") for number in ("0A0A0A0A", "0B0B0B0B")]
    assert [line and line["message"] for line in found] == ["GET /a", "GET /b"]
    assert logs.find(tmp_path, "0C0C0C0C", "access") is None
    with (tmp_path / "platform.log").open("a", encoding="utf-8") as file:
        file.write('{"request": "0C0C0C0C", "logger": "acc')  # is being written
    assert logs.find(tmp_path, "0C0C0C0C", "access") is None
