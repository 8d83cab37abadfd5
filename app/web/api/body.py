"""The body of a call: JSON of a sane size and depth, read so that every mistake can be named."""

import json
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import text_input as texts
from app.core.errors import Fault, Rejected, UserError

LARGEST = 2 * 1024 * 1024  # bytes of a JSON body; files are sent as forms
DEEPEST = 12  # levels of lists and objects


class BadBody(UserError):
    """The body cannot be read at all."""

    status = 400


class NotJson(UserError):
    """The body is something else than JSON."""

    status = 415


class TooLarge(UserError):
    """The body is larger than any record can be."""

    status = 413


def read(*known: str) -> dict[str, Any]:
    """Return the JSON object that was sent; names besides `known` are refused by name.

    Raises BadBody, NotJson, TooLarge, or Rejected with the names that nobody knows and the texts
    that cannot be stored.
    """
    content = _parsed(_content())
    if not isinstance(content, dict):
        raise BadBody("请求内容应为一个 JSON 对象，例如 {}")
    _check_depth(content, 1)
    faults: list[Fault] = []
    _check_texts(content, "", faults)
    if faults:
        raise Rejected(faults)
    unknown = [name for name in content if name not in known]
    if unknown:
        wanted = "、".join(known)
        raise Rejected(
            [Fault(name[:60], f"没有“{name[:60]}”这一项，可用的有：{wanted}") for name in unknown]
        )
    return content


def _content() -> bytes:
    if request.content_length is not None and request.content_length > LARGEST:
        raise TooLarge(f"请求内容不能超过 {LARGEST // 1024 // 1024} MB")
    if request.mimetype != "application/json":
        sent = request.mimetype or "没有说明"
        raise NotJson(f"请求内容应为 application/json，实际是 {sent[:60]}")
    request.max_content_length = LARGEST
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(f"请求内容不能超过 {LARGEST // 1024 // 1024} MB") from None


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_no_duplicates
        )
    except UnicodeDecodeError:
        raise BadBody("请求内容应为 UTF-8 编码") from None
    except json.JSONDecodeError as error:
        raise BadBody(
            f"不是合法的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处有误"
        ) from None
    except RecursionError:
        raise BadBody(f"JSON 嵌套不能超过 {DEEPEST} 层") from None
    except ValueError:  # a number of thousands of digits
        raise BadBody("JSON 里的数字太大") from None


def _no_number(name: str) -> Any:
    raise BadBody(f"JSON 里不能有 {name}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise BadBody(f"JSON 里“{twice[:60]}”出现了两次")
    return found


def _check_depth(value: Any, level: int) -> None:
    if level > DEEPEST:
        raise BadBody(f"JSON 嵌套不能超过 {DEEPEST} 层")
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            _check_depth(part, level + 1)


def _check_texts(value: Any, path: str, faults: list[Fault]) -> None:
    """Note every text that no database stores; to drop a sign in silence would change what was said."""
    if isinstance(value, str):
        _check_text(value, path, faults)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _check_texts(part, f"{path}.{index}".lstrip("."), faults)
    elif isinstance(value, dict):
        for name, part in value.items():
            # What the name of a wrong sign holds is told at its parent: an answer could not repeat it.
            if _check_text(name, path, faults):
                inner = f"{path}.{name}".lstrip(".")
                _check_texts(part, "" if inner == "values" else inner, faults)


def _check_text(text: str, path: str, faults: list[Fault]) -> bool:
    try:
        texts.storable(text)
    except ValueError as error:
        faults.append(Fault(path[:130], str(error)))
        return False
    return True


# --- parts of a body ----------------------------------------------------------------------------


class Parts:
    """Takes the parts of a body by type; what has the wrong one becomes a fault."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.faults: list[Fault] = []

    def text(self, name: str) -> str:
        """Return a text, empty if there is none."""
        return str(self._take(name, str, "应为文字") or "")

    def whole(self, name: str) -> int | None:
        """Return a whole number, None if there is none."""
        value = self.content.get(name)
        if isinstance(value, bool):
            self.faults.append(Fault(name, "应为整数"))
            return None
        return self._take(name, int, "应为整数")

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        found = self._take(name, list, "应为文字的列表") or []
        if not all(isinstance(part, str) for part in found):
            self.faults.append(Fault(name, "应为文字的列表"))
            return []
        return list(found)

    def object(self, name: str) -> dict[str, Any]:
        """Return an object, empty if there is none."""
        return dict(self._take(name, dict, "应为 JSON 对象") or {})

    def objects(self, name: str) -> list[dict[str, Any]]:
        """Return a list of objects."""
        found = self._take(name, list, "应为 JSON 对象的列表") or []
        if not all(isinstance(part, dict) for part in found):
            self.faults.append(Fault(name, "应为 JSON 对象的列表"))
            return []
        return list(found)

    def _take(self, name: str, kind: type, wrong: str) -> Any:
        value = self.content.get(name)
        if value is None or isinstance(value, kind):
            return value
        self.faults.append(Fault(name, wrong))
        return None

    def check(self) -> None:
        """Refuse the body if a part had the wrong type."""
        if self.faults:
            raise Rejected(self.faults)
