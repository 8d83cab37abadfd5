"""The other side's view of a contract: checks what comes, and answers with what the contract promises."""

import json
from pathlib import Path
from typing import Any

import jsonschema

SAMPLES = {"integer": 1, "boolean": True}


class Contract:
    """A contract as JSON Schema; an empty one allows everything and promises nothing."""

    def __init__(self, path: Path | None) -> None:
        self.schema: dict[str, Any] = json.loads(path.read_text()) if path else {}
        self.checks = jsonschema.FormatChecker()

    def faults(self, message: str, values: dict[str, Any]) -> list[str]:
        """Return what is wrong with the values of a message, in Chinese."""
        if not self.schema:
            return []
        item = self.schema["messages"].get(message)
        if item is None:
            return [f"没有约定名为“{message}”的报文"]
        if item.get("file"):
            return []  # its rows stand in a file
        found = self.validator(message).iter_errors(values)
        return [f"{'.'.join(map(str, error.path)) or '报文'}：{error.message}" for error in found]

    def validator(self, name: str) -> Any:
        """Return what checks the values of a message, or of MESSAGE.OUTCOME."""
        schema = self.schema["$defs"][name]
        return jsonschema.Draft202012Validator(schema, format_checker=self.checks)

    def answer(self, message: str) -> tuple[str, dict[str, Any]] | None:
        """Return the first outcome that a message may get, with values as the contract says."""
        answers = self.schema.get("messages", {}).get(message, {}).get("answers", {})
        outcome = next(iter(answers), None)
        return None if outcome is None else (outcome, self.sample(message, outcome))

    def sample(self, message: str, outcome: str) -> dict[str, Any]:
        """Return values as the contract says that an answer brings them."""
        schema = self.schema["$defs"][f"{message}.{outcome}"]
        return {name: _sample(one) for name, one in schema["properties"].items()}


def _sample(schema: dict[str, Any]) -> Any:
    if schema["type"] == "array":
        return [{name: _sample(one) for name, one in schema["items"]["properties"].items()}]
    if schema["type"] in SAMPLES:
        return SAMPLES[schema["type"]]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date":
        return "2026-03-01"
    if schema.get("format") == "date-time":
        return "2026-03-01T08:00:00Z"
    if "pattern" in schema:  # an amount
        return "1.00"
    return "样例"[: schema.get("maxLength", 2)]
