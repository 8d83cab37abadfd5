"""The interface for programs: its description is right, and it shows what screens show."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select

from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import elevated, session
from app.core.declare import registry
from app.web.api.openapi import described_api, served_objects
from app.web.api.shared_schemas import class_name
from tests.harness.people import Browserlike, open_person, sign_in
from tests.product.callers import Caller, caller, done, refused, with_token

ROLES = list(registry.registry().roles)
OBJECTS = [obj.name for obj in served_objects()]
ROW = re.compile(r'<tr data-id="(\d+)".*?</tr>', re.S)
CELL = re.compile(r"<td(?! class=\"(?:pick|more)\")[^>]*>(.*?)</td>", re.S)
TAG = re.compile(r"<[^>]+>")


def description() -> dict[str, Any]:
    return described_api(registry._package)


# --- the description ------------------------------------------------------------------------------


def test_the_description_is_openapi() -> None:
    OpenAPIV31SpecValidator(description()).validate()


def test_the_description_is_for_people_who_signed_in(at_office: Flask) -> None:
    answer = at_office.test_client().get("/api/v1/openapi.json")
    refused(answer, 401)
    told = caller(at_office, "liaison").get("openapi.json")
    assert told == description()


def test_the_smallest_and_the_largest_number_are_described() -> None:
    rate = description()["components"]["schemas"]["BudgetLineRowToWrite"]["properties"]["rate"]
    assert (rate["minimum"], rate["maximum"]) == (0.0001, 9999)
    assert rate["description"].endswith("不小于 0.0001。不大于 9999")


def test_every_route_is_described_and_nothing_else(at_office: Flask) -> None:
    here = set()
    for rule in at_office.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.rule != "/api/v1/openapi.json":
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            here |= {(path, method.lower()) for method in rule.methods - {"HEAD", "OPTIONS"}}
    told = {(path, method) for path, item in description()["paths"].items() for method in item}
    assert told <= here
    # Routes that an object has by its class but cannot use: no flow, no dates.
    assert all(
        path.endswith(("/enable", "/disable", "/actions/{action}")) for path, _ in here - told
    )


def test_every_text_of_the_description_is_chinese() -> None:
    def walk(part: Any, key: str = "") -> None:
        if isinstance(part, dict):
            for name, value in part.items():
                walk(value, name)
        elif isinstance(part, list):
            for value in part:
                walk(value, key)
        elif key in ("description", "summary", "title"):
            assert re.search(r"[\u4e00-\u9fff]", part), part

    walk({name: part for name, part in description().items() if name != "components"})
    for schema in description()["components"]["schemas"].values():
        for name, item in schema.get("properties", {}).items():
            assert "description" not in item or re.search(
                r"[\u4e00-\u9fff]", item["description"]
            ), name


@pytest.mark.parametrize("name", OBJECTS)
def test_schemas_name_every_field_that_can_be_read_and_written(name: str) -> None:
    obj = registry.object(name)
    schemas = description()["components"]["schemas"]
    read = schemas[f"{class_name(name)}Values"]["properties"]
    children = {child.name for child in obj.children}
    assert set(read) == {item.name for item in obj.fields if not item.hidden} | children
    write = schemas[f"{class_name(name)}ToWrite"]["properties"]
    assert {item.name for item in obj.fields if item.value is not None or item.readonly}.isdisjoint(
        write
    )


# --- what is read is what was described -----------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize("name", [n for n in OBJECTS if n != "issued_document"])
def test_answers_have_the_form_that_is_described(demonstration: Flask, name: str) -> None:
    role = next(
        role
        for function in registry.functions_of(name)
        for role, granted in function.grants
        if "view" in granted and registry.role(role).reach == "all"
    )
    clerk = caller(demonstration, role)
    page = clerk.get(f"{name}/?size=50")
    check(f"{class_name(name)}Page", page)
    for line in page["items"][:5]:
        record = clerk.get(f"{name}/{line['id']}?check=1")
        check(class_name(name), record)
        assert record["title"] == line["title"]


def check(schema: str, content: Any) -> None:
    whole = {
        "$ref": f"#/components/schemas/{schema}",
        "components": description()["components"],
    }
    problems = [error.message for error in Draft202012Validator(whole).iter_errors(content)]
    assert problems == []


# --- REST shows what screens show -----------------------------------------------------------------


def someone(app: Flask, role: str) -> tuple[Caller, Browserlike]:
    """Return one person twice: as a program and as a browser. People of a unit belong to a busy one."""
    org = None
    if registry.role(role).reach == "unit":
        model: Any = registry.object(registry.project().organisation).model
        with acting_as(SYSTEM), elevated():
            org = session.scalars(select(model).order_by(model.id)).first()
    district = "420106" if registry.role(role).reach == "district" else None
    more = {"district": district} if district else {}
    pk = open_person(role, org=org, username=f"both-{role.replace('_', '-')}", **more)
    app.test_client_class = Browserlike
    browser = app.test_client()
    assert isinstance(browser, Browserlike)
    return with_token(app, pk), sign_in(browser, f"both-{role.replace('_', '-')}")


def shown(browser: Browserlike, address: str) -> dict[int, list[str]]:
    """Return the cells of every row that a list shows."""
    page = browser.get(address)
    session.remove()
    assert page.status_code == 200, (address, page.status_code)
    found = {}
    for row in ROW.finditer(page.text):
        cells = [text_of_cell(cell) for cell in CELL.findall(row[0])]
        found[int(row[1])] = cells
    return found


def text_of_cell(cell: str) -> str:
    value = re.search(r'<span class="(?:cut|nowrap)[^"]*"[^>]*>(.*?)</span>', cell, re.S)
    text = html.unescape(TAG.sub("", value[1] if value else cell)).strip()
    return "" if text in ("—", "（未填写）", "（未编号）") else text


def each_list(role: str) -> list[tuple[str, str]]:
    return [
        (function.object, function.id)
        for function in registry.registry().functions.values()
        if function.object and any(r == role and "view" in held for r, held in function.grants)
    ]


@pytest.mark.both_databases
@pytest.mark.parametrize("role", [role for role in ROLES if each_list(role)])
def test_a_function_shows_the_same_rows_and_values(demonstration: Flask, role: str) -> None:
    program, browser = someone(demonstration, role)
    seen = 0
    for name, function in each_list(role):
        for query in ("", "tab=all", "size=100&sort=-id", "q=李"):
            rows = shown(browser, f"/{function}/?{query}")
            page = program.get(f"{name}/?function={function}&{query}")
            told = {
                line["id"]: [line["texts"][column["path"]] for column in page["columns"]]
                for line in page["items"]
            }
            assert list(told) == list(rows), (function, query)
            limits = {line["id"]: line["limit"] for line in page["items"]}
            for pk, texts in told.items():  # a screen may add a picture after its columns
                cells = rows[pk]
                if limits[pk]:  # stands after the first column
                    cells = [cells[0], *cells[2:]]
                    assert limits[pk]["left"] in rows[pk][1]
                assert [" ".join(text.split()) for text in texts] == [
                    " ".join(cell.split()) for cell in cells[: len(texts)]
                ], (function, query, pk)
            seen += len(rows)
    if registry.role(role).reach != "own":
        assert seen, "the demonstration has rows for everybody who may see some"


@pytest.mark.both_databases
@pytest.mark.parametrize("role", [role for role in ROLES if each_list(role)])
def test_an_object_shows_what_its_functions_show_and_no_row_more(
    demonstration: Flask, role: str
) -> None:
    program, _ = someone(demonstration, role)
    for name in dict.fromkeys(name for name, _ in each_list(role)):
        together = set(every(program, f"{name}/?size=100"))
        by_function: set[int] = set()
        for _, function in (pair for pair in each_list(role) if pair[0] == name):
            by_function |= set(every(program, f"{name}/?function={function}&size=100"))
        assert by_function <= together, name
        queries = [
            registry.function(f).screen
            for n, f in each_list(role)
            if n == name and registry.function(f).screen in ("query", "catalog", "apply", "issued")
        ]
        if queries:  # a queue shows less than what its function lets a person open
            assert together == by_function, name
        for pk in sorted(everything(name) - together)[:5]:
            refused(program.call("GET", f"{name}/{pk}"), 404)


def every(program: Caller, path: str) -> list[int]:
    found: list[int] = []
    for page in range(1, 20):
        lines = program.get(f"{path}&page={page}")["items"]
        found += [line["id"] for line in lines]
        if len(lines) < 100:
            return found
    raise AssertionError(path)


def everything(name: str) -> set[int]:
    model: Any = registry.object(name).model
    with acting_as(SYSTEM), elevated():
        return set(session.scalars(select(model.id)))


@pytest.mark.parametrize("role", ROLES)
def test_whoever_may_not_look_on_the_screen_may_not_look_here(
    demonstration: Flask, role: str
) -> None:
    program, _ = someone(demonstration, role) if each_list(role) else (None, None)
    if program is None:
        return
    mine = {name for name, _ in each_list(role)}
    for name in set(OBJECTS) - mine:
        refused(program.call("GET", f"{name}/"), 403)
    for function in registry.registry().functions.values():
        if function.object in mine and function.id not in {f for _, f in each_list(role)}:
            refused(program.call("GET", f"{function.object}/?function={function.id}"), 403)


# --- lists ----------------------------------------------------------------------------------------


def test_what_a_list_does_not_understand_is_said(demonstration: Flask) -> None:
    clerk = caller(demonstration, "fao_handler")
    page = clerk.get(
        "delegation/?size=5000&page=9999999&sort=nothing&f.nothing=1&x=1&columns=zz,name"
    )
    assert page["size"] == 100
    assert page["page"] == 2000
    assert [column["path"] for column in page["columns"]] == ["name"]
    notes = "".join(page["notes"])
    for word in (
        "每页最多 100 行",
        "最多逐页翻到",
        "不能按这一列排序",
        "nothing",
        "不认识的参数",
        "zz",
    ):
        assert word in notes


def test_lists_are_filtered_sorted_and_searched(demonstration: Flask) -> None:
    clerk = caller(demonstration, "fao_handler")
    approved = clerk.get("delegation/?f.state=approved&size=100")
    assert {line["state"]["code"] for line in approved["items"]} == {"approved"}
    days = [line["values"]["days"] for line in clerk.get("delegation/?sort=-days")["items"]]
    assert days == sorted(days, reverse=True)
    name = approved["items"][0]["values"]["name"]
    found = clerk.get(f"delegation/?q={name[:6]}")["items"]
    assert name in [line["values"]["name"] for line in found]
    long = clerk.get("delegation/?f.days.from=8&size=100")["items"]
    assert long and all(line["values"]["days"] >= 8 for line in long)


def test_codes_and_references_read_with_their_names(demonstration: Flask) -> None:
    clerk = caller(demonstration, "fao_handler")
    pk = clerk.get("delegation/?f.state=approved")["items"][0]["id"]
    values = clerk.get(f"delegation/{pk}")["values"]
    assert set(values["kind"]) == {"code", "title"}
    assert set(values["unit"]) == {"id", "title"}
    assert set(values["members"][0]["person"]) == {"id", "title"}


def test_dictionaries_can_be_read(at_office: Flask) -> None:
    anybody = caller(at_office, "liaison")
    entries = anybody.get("dictionaries/delegation_kind")["entries"]
    assert "online" in {entry["code"] for entry in entries}
    refused(anybody.call("GET", "dictionaries/nothing"), 404)


# --- ways in --------------------------------------------------------------------------------------


def test_ways_in_of_the_framework_are_closed(at_office: Flask) -> None:
    client = at_office.test_client()
    for path in ("login", "refresh", "csrf_token", "users/", "roles/", "permissions/"):
        for method in ("GET", "POST"):
            answer = client.open(f"/api/v1/security/{path}", method=method, json={})
            assert answer.status_code in (400, 401, 404), (path, method, answer.status_code)
            assert "access_token" not in answer.text
    for path in ("/api/v1/_openapi", "/api/v1/menu/", "/swagger/v1"):
        assert client.get(path).status_code in (302, 401, 404)


def test_a_session_works_with_the_secret_of_the_forms_only(
    client_for: Callable[..., Browserlike], at_office: Flask
) -> None:
    browser = client_for("liaison")
    assert browser.get("/api/v1/delegation/").status_code == 200
    body = {"values": {}}
    unproven = browser.post("/api/v1/delegation/", json=body, headers={"X-CSRFToken": "wrong"})
    assert "X-CSRFToken" in refused(unproven, 400)["message"]
    proven = browser.post("/api/v1/delegation/preview", json=body)
    assert done(proven)["required"]


def test_a_wrong_token_is_nobody(at_office: Flask) -> None:
    for header in ("Bearer nonsense", "Bearer ", "Basic YTpi"):
        client = at_office.test_client()
        answer = client.get("/api/v1/delegation/", headers={"Authorization": header})
        refused(answer, 401)
