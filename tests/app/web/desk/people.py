"""A filled desk and what its people send."""

import io
import re

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.db.search_text import search_text
from app.core.records.service import preview
from tests.app.security.people import open_person, sign_in
from tests.app.web.desk.registry import GUEST, DeskClub, DeskGuest, DeskRoom


def picture(colour: str = "white") -> bytes:
    """Return a small picture."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, "PNG")
    return target.getvalue()


def furnish(app: Flask) -> None:
    """Put two groups, their guests and two rooms into the desk, and open accounts."""
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        own, other = DeskClub(name="第一中学"), DeskClub(name="第二中学")
        session.add_all([own, other])
        session.flush()
        for group, name, post in (
            (own, "林静", "院长"),
            (own, "赵启明", "处长"),
            (other, "外人", "员工"),
        ):
            guest = DeskGuest(group_id=group.id, name=name, post=post, disabled=False)
            session.add(guest)
            session.flush()
            guest.search_text = search_text(GUEST, preview(GUEST, guest, {}).row)
        session.add_all(
            [
                DeskRoom(name="大会议室", seats=2, used=0, remaining=2),
                DeskRoom(name="小会议室", seats=1, used=1, remaining=0),
            ]
        )
        groups = (own.id, other.id)
    open_person(app, "liaison", "liaison", name="陈思远", org_id=groups[0])
    open_person(app, "stranger", "liaison", name="外单位", org_id=groups[1])
    open_person(app, "clerk", "clerk", name="王晓")
    open_person(app, "second", "clerk", name="李文")
    open_person(app, "chief", "chief", name="张卫")


def browser(app: Flask, username: str) -> FlaskClient:
    """Return a browser in which the person has signed in."""
    client = app.test_client()
    assert sign_in(client, username).status_code == 302
    return client


def hidden(client: FlaskClient, address: str) -> dict[str, str]:
    """Return the hidden values that the form at the address sends along."""
    page = client.get(address).get_data(as_text=True)
    found = re.findall(
        r'name="(csrf_token|_token|_version|expected|_materials|material\.\w+)" value="([^"]*)"',
        page,
    )
    return dict(found)


def upload(
    client: FlaskClient, base: str, slot: str, name: str = "a.png", content: bytes = b""
) -> dict:
    """Upload a file as the page's script does."""
    token = hidden(client, f"{base}/new")["csrf_token"]
    answer = client.post(
        f"{base}/files/{slot}",
        data={"file": (io.BytesIO(content or picture()), name)},
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )
    return {"status": answer.status_code, **answer.get_json()}


def complete(client: FlaskClient, **changes: object) -> dict[str, object]:
    """Return everything that a meeting needs to be submitted."""
    letter = upload(client, "/D01", "material.letter")["id"]
    plan = upload(client, "/D01", "material.plan", "plan.pdf", b"%PDF-1.4 a plan %%EOF")["id"]
    values: dict[str, object] = {
        "name": "春季会议",
        "kind": "room",
        "room": "1",
        "begin_on": "2026-12-01",
        "end_on": "2026-12-02",
        "cost": "1,200.50",
        "aim": "商议",
        "seats": "",
        "seats.0.guest": "1",
        "seats.0.post": "院长",
        "seats.0.speaks": "1",
        "_materials": "1",
        "material.letter": letter,
        "material.plan": plan,
    }
    return {**values, **changes}


def send(
    client: FlaskClient, address: str, values: dict[str, object], do: str = "save", **more: object
):
    """Send a form as the page does."""
    data = {**hidden(client, address), **values, "_do": do, **more}
    return client.post(address, data={k: v for k, v in data.items() if v is not None})


def act(client: FlaskClient, base: str, pk: int, action: str, **values: object):
    """Take an action as the page of the case does; the answer is JSON where it is refused."""
    kept = hidden(client, f"{base}/{pk}")
    return client.post(
        f"{base}/{pk}/do/{action}",
        data={**kept, **values},
        headers={"X-Form": "1", "Accept": "application/json"},
    )


def submitted(client: FlaskClient, **changes: object) -> int:
    """File a complete meeting; return its id."""
    answer = send(client, "/D01/new", complete(client, **changes), "act:submit")
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return int(answer.location.rsplit("/", 1)[-1])


def faults_of(page: str) -> list[str]:
    """Return the texts of the faults that the page lists on top."""
    box = page[page.index('id="form-faults"') :]
    box = box[: box.index("</div></div>") if "</div></div>" in box else 4000]
    return re.findall(r'data-goto="[^"]*">([^<]*)</a>', box)


def now() -> str:
    """Return the present minute of the office."""
    return f"{clock.local(clock.now()):%H:%M}"
