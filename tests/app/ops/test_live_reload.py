"""Which answers of the development server carry the script that loads a page again."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from app.ops.live_reload import BUILD, SCRIPT, Reloading

PAGE = "<html><head></head><body>会议室</body></html>"
READS = {"Accept": "text/html", "Accept-Encoding": "gzip"}


@Request.application
def product(request: Request) -> Response:
    """Answers with a page, or with what is said to be something else."""
    packed = {"X-Packed": str("gzip" in request.headers.get("Accept-Encoding", ""))}
    return Response(PAGE, mimetype=request.args.get("type", "text/html"), headers=packed)


@pytest.fixture
def client() -> Client:
    """A client of the development server."""
    return Client(Reloading(product, "41"))


def test_a_page_carries_the_script_and_the_build_it_is_of(client):
    answer = client.get("/rooms", headers=READS)
    assert f'<script src="{SCRIPT}" data-build="41" defer></script></head>' in answer.text
    assert answer.headers["X-Packed"] == "False"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_what_answers_a_post_or_is_no_page_is_left_alone(client):
    assert client.post("/rooms", headers=READS).text == PAGE  # loading it again would post again
    assert client.get("/rooms?type=text/plain", headers=READS).text == PAGE
    assert client.get("/rooms", headers={"Accept": "application/json"}).text == PAGE


def test_the_build_and_the_script_are_served_beside_the_product(client):
    build, script = client.get(BUILD), client.get(SCRIPT)
    assert build.json == {"build": "41", "fault": ""} and BUILD in script.text
    assert build.headers["Cache-Control"] == script.headers["Cache-Control"] == "no-store"
    assert script.mimetype == "text/javascript"


def test_a_fault_is_told_with_the_build_that_is_served_meanwhile(tmp_path):
    faults = tmp_path / "faults.txt"
    client = Client(Reloading(product, "41", faults))
    assert client.get(BUILD).json["fault"] == ""  # nothing was written yet
    faults.write_text("room.yaml:3:1: 写错了", encoding="utf-8")
    assert client.get(BUILD).json == {"build": "41", "fault": "room.yaml:3:1: 写错了"}
