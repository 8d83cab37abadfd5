"""Says everything about a policy, dictionary, document or pattern."""

from generator.patterns import Pattern
from generator.reader import Name
from generator.world import Linked

MOST = 40  # entries of a dictionary that are shown


def explain(linked: Linked, name: str) -> list[str]:
    """Return the texts about what is called so."""
    data, found = linked.data, []
    if policy := data.policies.get(Name(name)):
        versions = [f"from {row.valid_from} ({row.profile}; {row.source})" for row in policy.rows]
        call = f"called as policy.{name}({', '.join(policy.by)}); gives {policy.returns}"
        found.append(_text(f"policy {name}  {policy.title}", policy.name.place, call, *versions))
    if book := data.dictionaries.get(Name(name)):
        entries = [
            f"{code:<16} {entry.get('title') if isinstance(entry, dict) else entry}"
            for code, entry in list(book.entries.items())[:MOST]
        ]
        rest = len(book.entries) - len(entries)
        more = [f"and {rest} more"] if rest else []
        found.append(_text(f"dictionary {name}  {book.title}", book.name.place, *entries, *more))
    if paper := data.documents.get(Name(name)):
        made = f"made from {paper.object} with {paper.template}"
        bound = f"binds {', '.join(map(str, paper.bind))}"
        found.append(_text(f"document {name}  {paper.title}", paper.name.place, made, bound))
    if pattern := data.patterns.get(name):
        found.append(_pattern(pattern))
    return found


def _pattern(pattern: Pattern) -> str:
    lines = [pattern.help] if pattern.help else []
    mixin = not pattern.parameters
    lines.append(f"mixins: [{pattern.name}]" if mixin else f"use: [{pattern.name}: {{…}}], with")
    for name, item in pattern.parameters.items():
        rest = "" if item.default is None else "; may be left out"
        lines.append(f"  {name:<14} {item.type}{rest}  {item.help or ''}".rstrip())
    return _text(f"pattern {pattern.name}", pattern.place, *lines)


def _text(head: str, place: object, *lines: str) -> str:
    return "\n".join([head, f"  defined at {place}", *(f"  {line}" for line in lines)]) + "\n"
