"""`ledger`: accounts of a record, written by postings only, and its balance.

Each account is a stored sum of its postings and the balance a computed value; both are fields like
any other, so lists, rules and routes may ask for them.
"""

from generator import model
from generator.reader import Name, Title, Word
from generator.source import Mapping

BALANCE = "balance"


def expanded(
    fields: dict[Name, model.Field], ledger: model.Ledger | None
) -> dict[Name, model.Field]:
    """Return the fields with those of the ledger's accounts and its balance."""
    if ledger is None:
        return fields
    found = dict(fields)
    bare = Mapping((), ledger.node.place, ledger.node.uses)
    for name, title in ledger.accounts.items():
        money = Word.at("money", name.place, name.uses)
        item = model.Field(
            name=name, type=money, title=title, readonly=True, default=0, node=bare
        )  # fmt: skip
        found.setdefault(name, item)
    if ledger.balance:
        place, uses = ledger.balance.place, ledger.balance.uses
        name = Name.at(BALANCE, place, uses)
        item = model.Field(
            name=name, type=Word.at("money", place, uses), title=Title.at("余额", place, uses),
            value=ledger.balance, node=bare,
        )  # fmt: skip
        found.setdefault(name, item)
    return found
