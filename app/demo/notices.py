"""What flows send and make on the way: messages of the last months, and papers with their numbers."""

import hashlib
import json
from collections import Counter
from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.declare import Document, Effect, Flow, Message, registry
from app.core.records import display
from app.demo.case_histories import Life, Person
from app.demo.chance import Chance
from app.demo.formulas import numbered
from app.demo.papers import MARK
from app.demo.stubs import Stub
from app.demo.write import Writer
from app.documents import drafting
from app.documents.models import DocumentEvent, IssuedDocument
from app.messaging.models import InboxMessage, SmsRecord

_RECENT = timedelta(days=60)
_ON_DESK = timedelta(days=4)  # papers younger than that are not yet sealed and handed out


def effects_of(flow: Flow, step: dict[str, Any]) -> tuple[Effect, ...]:
    """Return the effects that a recorded step had."""
    action = flow.action(step["action"])
    forwards = step["kind"] in ("pass", "submit")
    return (*(flow.step(step["source"]).effects if forwards else ()), *action.effects)


class Notices:
    """Writes messages to the applicants' accounts, and papers."""

    def __init__(self, writer: Writer, chance: Chance, env: Any, clerk: Person) -> None:
        self.writer = writer
        self.chance = chance
        self.env = env
        self.clerk = clerk
        self.now = clock.now()
        self._papers: list[tuple[Any, Stub, Document, int]] = []

    def tell(
        self, stub: Stub, life: Life, case_id: int, people: list[Person], phones: dict[int, str]
    ) -> None:
        """Add the messages of one case, and remember the papers that it got."""
        flow = registry.flow(stub._object.flow)
        for step in life.steps:
            for effect in effects_of(flow, step):
                if effect.kind == "issue":
                    document = registry.document(effect.params["document"])
                    self._papers.append((step["at"], stub, document, case_id))
                elif effect.kind == "notify" and self.now - step["at"] < _RECENT:
                    message = registry.message(effect.params["message"])
                    for person in people:
                        self._message(message, stub, step, case_id, person, phones)

    def _message(
        self, message: Message, stub: Stub, step: dict[str, Any], case_id: int, person: Person,
        phones: dict[int, str],
    ) -> None:  # fmt: skip
        values = {
            "comment": step["comment"] or "", "action": step["action_title"],
            "step": step["target_title"], "actor": step["actor_name"],
        }  # fmt: skip
        text = display.render(message.text, stub._object, stub, values, masked=True)
        about = {
            "message": message.name, "object": stub._object.name, "record_id": stub.id,
            "case_id": case_id, "account_id": person.id, "text": text, "created_at": step["at"],
        }  # fmt: skip
        old = self.now - step["at"] > timedelta(days=6)
        if message.inbox:
            read = step["at"] + timedelta(hours=2) if old else None
            self.writer.add(InboxMessage, {**about, "title": message.title, "read_at": read})
        phone = phones.get(person.id)
        if message.sms and phone:
            key = hashlib.sha256(f"{message.name}{stub.id}{step['seq']}{person.id}".encode())
            self.writer.add(SmsRecord, {
                **about, "key": key.hexdigest(), "phone": phone, "name": person.name,
                "private": False, "state": "delivered", "gateway_id": key.hexdigest()[:16],
                "sent_at": step["at"] + timedelta(seconds=4),
                "delivered_at": step["at"] + timedelta(seconds=9),
            })  # fmt: skip

    def papers(self, organisations: dict[int, int | None]) -> None:
        """Add the papers in the order of their days, so that numbers follow each other."""
        counters: Counter[str] = Counter()
        for at, stub, document, case_id in sorted(
            self._papers, key=lambda item: (item[0], item[1].id)
        ):
            self._paper(at, stub, document, case_id, organisations[case_id], counters)
        for series, last in counters.items():
            self.writer.number(series, last)

    def _paper(
        self, at: Any, stub: Stub, document: Document, case_id: int, org_id: int | None,
        counters: Counter[str],
    ) -> None:  # fmt: skip
        values = json.dumps(drafting.plain(document.bind(stub, self.env)), ensure_ascii=False)
        done = self.now - at > _ON_DESK
        sealed_at = self.chance.later(at, 0, 1) if done else None
        number = None
        if sealed_at is not None:
            series = document.number.replace("{yyyy}", f"{clock.local(sealed_at):%Y}")
            counters[series] += 1
            number = numbered(series, counters[series])
        pk = self.writer.take_id(IssuedDocument.__tablename__)
        row = {
            "id": pk, "document": document.name, "title": document.title,
            "subject": display.title_of(stub)[:300], "object": stub._object.name,
            "record_id": stub.id, "case_id": case_id, "unit_id": org_id, "number": number,
            "state": "issued" if done else "draft", "revision": 1, "values": values,
            "generated_values": values, "token": f"demo-{pk:08}", "version": 1,
            "created_at": at, "created_by_id": self.clerk.id, "updated_at": at,
        }  # fmt: skip
        row |= dict.fromkeys((
            "pdf_id", "dated_on", "sealed_at", "sealed_by_id", "sealed_by_name", "issued_at",
            "issued_by_id", "public_values",
        )) | {"pdf_revision": 0}  # fmt: skip
        events: list[tuple[str, Any, str | None]] = [("created", at, None)]
        if sealed_at is not None:
            key = f"{MARK}paper-{pk}-pdf"
            pdf = self.writer.file(
                key, f"{document.title} {number}.pdf", "pdf", 180 * 1024, sealed_at, self.clerk.id
            )
            public = [
                (display.label_of(stub._object, path), display.text_of(stub._object, stub, path))
                for path in document.public
                if path not in ("state", "number", "title")
            ]
            row |= {
                "pdf_id": pdf, "pdf_revision": 1, "dated_on": clock.local(sealed_at).date(),
                "sealed_at": sealed_at, "sealed_by_id": self.clerk.id,
                "sealed_by_name": self.clerk.name, "issued_at": sealed_at + timedelta(minutes=6),
                "issued_by_id": self.clerk.id,
                "public_values": json.dumps(
                    [("文号", number), ("名称", document.title), *public], ensure_ascii=False
                ),
            }  # fmt: skip
            events += [
                ("numbered", sealed_at, number), ("sealed", sealed_at, number),
                ("issued", sealed_at + timedelta(minutes=6), None),
            ]  # fmt: skip
        self.writer.add(IssuedDocument, row, keyed=False)
        for kind, moment, detail in events:
            self.writer.add(DocumentEvent, {
                "document_id": pk, "kind": kind, "at": moment, "actor_id": self.clerk.id,
                "actor_name": self.clerk.name, "detail": detail,
            })  # fmt: skip
