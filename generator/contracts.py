"""Contracts as JSON Schema: what both sides of an interface can check a message against."""

import json
from collections.abc import Iterable
from typing import Any

from generator.interfaces import Content, Interface, Outgoing
from generator.load import Metadata

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def contract(data: Metadata, spec: Interface) -> str:
    """Return the contract of an interface as the text of a file.

    `$defs` holds one schema for the values of each message, MESSAGE (of a row, where it is a file),
    one for those of each answer, MESSAGE.OUTCOME, and one for those of each row that the
    counterpart sends on its own, takes.MESSAGE, or fetches, provide.OFFER; `messages` says which
    answers a message may get.
    """
    definitions: Schema = {}
    messages: Schema = {}
    for item in spec.messages.values():
        definitions[str(item.name)] = _values(data, item.title, item.fields.values())
        messages[str(item.name)] = _message(item)
        for reply in item.answers.values():
            brings = _values(data, reply.title, reply.fields.values())
            definitions[f"{item.name}.{reply.name}"] = brings
    for taken in spec.takes.values():
        definitions[f"takes.{taken.name}"] = _values(data, taken.title, taken.fields.values())
    for offer in spec.provide.values():
        definitions[f"provide.{offer.name}"] = _values(data, offer.title, offer.fields.values())
    whole = {
        "$schema": DRAFT,
        "$id": f"interface:{spec.name}",
        "title": str(spec.title),
        "messages": messages,
        "$defs": definitions,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _message(item: Outgoing) -> Schema:
    if item.at:
        return {"title": str(item.title), "file": True}  # the values of a row
    return {
        "title": str(item.title),
        "answers": {str(r): str(a.title) for r, a in item.answers.items()},
    }


def _values(data: Metadata, title: str, fields: Iterable[Content]) -> Schema:
    known = list(fields)
    return {
        "title": str(title),
        "type": "object",
        "properties": {str(one.name): _content(data, one) for one in known},
        "required": [str(one.name) for one in known if one.required],
        "additionalProperties": False,
    }


def _content(data: Metadata, item: Content) -> Schema:
    schema: Schema = {"title": str(item.title)}
    if item.type == "rows":
        row = _values(data, item.title, item.fields.values())
        return schema | {"type": "array", "maxItems": item.max, "items": row}
    if item.type in ("integer", "boolean"):
        return schema | {"type": str(item.type)}
    schema["type"] = "string"
    if item.type == "file":
        return schema | {"minLength": 1, "description": "随报文发出的文件的名称"}
    if item.type == "date":
        schema |= {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    elif item.type == "datetime":
        schema |= {"format": "date-time"}
    elif item.type in ("money", "decimal"):
        scale = 2 if item.type == "money" else item.scale
        schema["pattern"] = f"^-?[0-9]+\\.[0-9]{{{scale}}}$" if scale else "^-?[0-9]+$"
    elif item.type == "dict":
        entries = data.dictionaries[item.of].entries if item.of else {}
        schema["enum"] = [str(item.codes.get(code, code)) for code in entries]
    else:
        schema["minLength"] = 1 if item.required else 0
    if item.length:
        schema["maxLength"] = item.length
    return schema
