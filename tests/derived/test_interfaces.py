"""Every contract on both sides: what we say keeps it and is taken; what lacks something is not sent."""

import uuid
from datetime import date, datetime
from pathlib import Path

import pytest

from app.core import plugin
from app.core.declare import registry
from app.core.expressions.env import make_env
from app.core.plugin import Envelope, Refused
from app.core.reference import dictionaries
from app.exchange import contract
from app.exchange.outbound import codec
from app.settings import ROOT
from devices.contract import Contract
from generator.compile import analyse
from generator.contracts import contract as written_out
from plugins.counterpart import Counterpart
from tests.harness import counterpart

INTERFACES = registry.registry().interfaces
MESSAGES = [(i.name, m.name) for i in INTERFACES.values() for m in i.messages]
ANSWERS = [
    (i.name, m.name, r.name) for i in INTERFACES.values() for m in i.messages for r in m.answers
]
TAKEN = [(i.name, m.name) for i in INTERFACES.values() for m in i.takes]
OFFERED = [(i.name, o.name) for i in INTERFACES.values() for o in i.provide]
STORED = {
    "integer": 3,
    "money": 123450,
    "decimal": 150,
    "date": date(2026, 3, 1),
    "datetime": datetime(2026, 3, 1, 8),
    "boolean": True,
}


@pytest.fixture(scope="module")
def contracts(request, tmp_path_factory):
    """The contract of an interface, as the compiler writes it."""
    base = Path(str(request.config.getoption("project", "") or ROOT))
    data = analyse(base).linked.data
    folder = tmp_path_factory.mktemp("contracts")

    def path_of(name):
        path = folder / f"{name}.schema.json"
        path.write_text(written_out(data, data.interfaces[name]), encoding="utf-8")
        return path

    return path_of


def stored(item):
    """A value as a record would hold it."""
    if item.type == "dict":
        return dictionaries.entries(item.dictionary)[0].code
    if item.type == "rows":
        return [{one.name: stored(one) for one in item.fields}]
    return STORED.get(item.type, "样例"[: item.length or 2])


def said(world, item):
    """What a record that is complete says; what another step says is made up."""
    values = {one.name: stored(one) for one in item.fields}
    if getattr(item, "object", ""):
        obj = registry.object(item.object)
        record, env = world.maker(f"{item.object}-contract").finished(obj), make_env()
        own = contract.said(item.fields, record, env)
        contract.carried(item.fields, own)
        values |= {name: value for name, value in own.items() if value not in (None, "", [])}
    return values


def lacking(fields, values):
    """The same values without one that is required, one after another."""
    for one in fields:
        if one.required:
            yield one, {name: value for name, value in values.items() if name != one.name}


def sent(url, name, message, values):
    """Hand a message to the other side over HTTP."""
    client = Counterpart(url=url, secret=counterpart.SECRET)
    return client.send(
        Envelope(
            to=name, message=message, key=uuid.uuid4().hex, at=datetime(2026, 1, 1), values=values
        )
    )


@pytest.mark.parametrize(("name", "message"), MESSAGES)
def test_a_message_keeps_its_contract(world, contracts, name, message):
    item = INTERFACES[name].message(message)
    path = contracts(name)
    check = Contract(path).validator(message)
    with world.acting("system"), world.trial():
        values = said(world, item)
        wire, faults = contract.written(item.fields, values)
    assert faults == []
    assert list(check.iter_errors(wire)) == []
    for one, less in lacking(item.fields, values):
        rest, faults = contract.written(item.fields, less)
        assert faults == [f"缺少“{one.title}”"]
        assert not check.is_valid(rest)
    if item.at:
        return  # a file of rows: the next test
    with counterpart.running("--contract", str(path)) as other:
        assert sent(other.url, name, message, wire).id
        for one, _ in lacking(item.fields, values):
            less = {key: value for key, value in wire.items() if key != one.name}
            with pytest.raises(Refused, match="内容不符合约定"):
                sent(other.url, name, message, less)


@pytest.mark.parametrize(
    ("name", "message"), [(i, m) for i, m in MESSAGES if INTERFACES[i].message(m).at]
)
def test_a_file_of_rows_is_read_back(world, name, message):
    interface = INTERFACES[name]
    item = interface.message(message)
    plugin.forget_plugins()
    with world.acting("system"), world.trial():
        rows = [contract.written(item.fields, said(world, item))[0]]
    columns = contract.columns(item.fields)
    written = codec(interface)
    (read,) = written.decode(columns, written.encode(columns, rows))
    assert {key: value for key, value in read.items() if value} == {
        key: str(value) for key, value in rows[0].items()
    }


@pytest.mark.parametrize(("name", "message"), TAKEN)
def test_what_comes_is_read_by_its_contract(world, contracts, name, message):
    item = next(one for one in INTERFACES[name].takes if one.name == message)
    check = Contract(contracts(name)).validator(f"takes.{message}")
    values = {one.name: stored(one) for one in item.fields}
    with world.acting("system"):
        wire, _ = contract.written(item.fields, values)
        assert list(check.iter_errors(wire)) == []
        assert contract.read(item.fields, wire)[1] == []
        for one, less in lacking(item.fields, wire):
            assert contract.read(item.fields, less)[1] == [f"缺少“{one.title}”"]
            assert not check.is_valid(less)
        stranger = wire | {"nothing_of_ours": "1"}
        assert contract.read(item.fields, stranger)[1] == ["“nothing_of_ours”不在约定之内"]
        assert not check.is_valid(stranger)


@pytest.mark.parametrize(("name", "message", "outcome"), ANSWERS)
def test_an_answer_is_read_by_its_contract(world, contracts, name, message, outcome):
    item = next(one for one in INTERFACES[name].message(message).answers if one.name == outcome)
    promised = Contract(contracts(name))
    check = promised.validator(f"{message}.{outcome}")
    wire = promised.sample(message, outcome)
    with world.acting("system"):
        assert list(check.iter_errors(wire)) == []
        assert contract.answered(item.fields, wire)[1] == []
        for one, less in lacking(item.fields, wire):
            assert contract.answered(item.fields, less)[1] == [f"缺少“{one.title}”"]
            assert not check.is_valid(less)
        for one in item.fields:
            if one.type == "rows":
                rows_are_bounded(check, item.fields, one, wire)


def rows_are_bounded(check, fields, item, wire):
    """Of rows one that lacks something, and more than were agreed, are refused by both sides."""
    (row,) = wire[item.name]
    assert contract.answered(fields, wire)[0][item.name] == [
        {name: str(value) for name, value in row.items()}
    ]
    for one, less in lacking(item.fields, row):
        (fault,) = contract.answered(fields, wire | {item.name: [row, less]})[1]
        assert f"第 2 行：缺少“{one.title}”" in fault
        assert not check.is_valid(wire | {item.name: [row, less]})
    many = wire | {item.name: [row] * (item.most + 1)}
    assert len(contract.answered(fields, many)[1]) == 1 and not check.is_valid(many)


@pytest.mark.parametrize(("name", "offer"), OFFERED)
def test_what_is_offered_keeps_its_contract(world, contracts, name, offer):
    item = next(one for one in INTERFACES[name].provide if one.name == offer)
    check = Contract(contracts(name)).validator(f"provide.{offer}")
    with world.acting("system"), world.trial():
        wire, faults = contract.written(item.fields, said(world, item))
    assert (faults, list(check.iter_errors(wire))) == ([], [])
