"""Values of contracts: their types, their rows and files, and what is said of a record."""

from generator.check.context import Context
from generator.formulas import Where
from generator.interfaces import Content, type_of
from generator.language import tr
from generator.reader import Word
from generator.world import Entity

UNKNOWN, CONTRACT, SENDS = "E521", "E522", "E136"


def said(context: Context, item: Content, entity: Entity | None, where: str) -> None:
    """Check rows that are said: where they stand, and what is said of each."""
    if entity is None:
        what = tr(
            "'{name}' are rows, and '{where}' is about no object", name=item.name, where=where
        )
        context.note(CONTRACT, item.name, what, tr("add object: NAME, whose rows they are."))
        return
    if item.value is None:
        what = tr("'{name}' are rows, and nothing says which", name=item.name)
        context.note(
            CONTRACT, item.name, what, tr("add value: the path to a list, such as travellers.")
        )
        return
    found = context.formulas.compile(item.value, Where(this=entity.name))
    if found is None:
        return
    plain = all(part.isidentifier() for part in item.value.split("."))
    if not (found.type.many and found.type.target and plain):
        what = tr("'{each}' leads to no rows", each=item.value)
        context.note(
            CONTRACT, item.value, what, tr("a path to a list of rows, such as order.lines.")
        )
        return
    row = context.linked.entities.get(found.type.target)
    for one in item.fields.values() if row else ():
        if one.value is None:
            what = tr("'{name}' is a value of each row, and nothing says what it is", name=one.name)
            context.note(CONTRACT, one.name, what, tr("add value: EXPRESSION."))
        elif row is not None and one.type != "rows":
            single(context, one.value, row, one, parent=entity.name)


def single(
    context: Context, code: Word, entity: Entity, item: Content, *, parent: str = ""
) -> None:
    """Check that an expression is one value of the agreed type."""
    where = Where(this=entity.name, parent=parent)
    untyped = context.formulas.compile(code, where)
    if untyped is not None and untyped.type.many:
        context.note(
            SENDS, code, tr("'{code}' is a {type}, a message has single values", code=code, type=untyped.type),
            tr("join(…), count(…) or sum(…) make one of it."),
        )  # fmt: skip
    elif untyped is not None and item.type == "file":
        _one_file(context, code, entity, parent)
    elif untyped is not None:
        context.formulas.compile(code, where, type_of(item))


def _one_file(context: Context, code: Word, entity: Entity, parent: str) -> None:
    """A file that travels is a field of the record, or of what it refers to."""
    start, path = entity, str(code)
    if parent and path.startswith("parent."):
        start, path = context.linked.entities[parent], path.removeprefix("parent.")
    member = None
    if all(part.isidentifier() for part in path.split(".")):
        member = context.member(SENDS, start, Word.at(path, code.place, code.uses), tr("the file"))
    if member is None or member.type not in ("file", "image"):
        what = tr("'{code}' is no file or picture of the record", code=code)
        context.note(
            SENDS,
            code,
            what,
            tr("name a field of type file or image; materials go by `materials`."),
        )


def content(
    context: Context, item: Content, where: str, *, rows: bool = False, files: bool = False
) -> None:
    """Check one value of a contract; rows stand where JSON is exchanged, files where a message leaves."""
    _rows_of(context, item, where, allowed=rows, files=files)
    if item.type == "file" and not files:
        what = tr(
            "'{name}' of {where} is a file, and only a message of one record carries files",
            name=item.name,
            where=where,
        )
        context.note(
            CONTRACT,
            item.name,
            what,
            tr("delete the value; what comes or is fetched holds no files."),
        )
    books = context.linked.data.dictionaries
    if (item.type == "dict") != bool(item.of):
        context.note(
            CONTRACT,
            item.name,
            tr("'{name}' of {where} is of type {type}", name=item.name, where=where, type=item.type)
            + (
                tr(" and names no dictionary")
                if item.type == "dict"
                else tr(", so `of` means nothing")
            ),
            tr("a code has type: dict and of: DICTIONARY."),
        )
    elif item.codes and item.type != "dict":
        what = tr(
            "'{name}' of {where} has `codes`, but is of type {type}",
            name=item.name,
            where=where,
            type=item.type,
        )
        context.note(CONTRACT, item.name, what, tr("codes belong to type: dict."))
    elif item.of and context.known(
        UNKNOWN, item.of, books, tr("'{name}' is of the unknown", name=item.name), "dictionary"
    ):
        for word in item.codes:
            entries = books[str(item.of)].entries
            context.known(UNKNOWN, word, entries, tr("'{of}' has no", of=item.of), "entry")
    doubled = {code for code in item.codes.values() if list(item.codes.values()).count(code) > 1}
    if doubled:
        what = tr(
            "'{doubled}' stands for two of our codes, so no answer could be read",
            doubled=sorted(doubled)[0],
        )
        context.note(CONTRACT, item.name, what, tr("give each of our codes another word."))


def _rows_of(context: Context, item: Content, where: str, *, allowed: bool, files: bool) -> None:
    if item.type != "rows":
        for key in ("fields", "max"):
            if item.node.get(key) is not None:
                what = tr(
                    "'{name}' of {where} is of type {type}, so `{key}` means nothing",
                    name=item.name,
                    where=where,
                    type=item.type,
                    key=key,
                )
                context.note(CONTRACT, item.name, what, tr("rows have type: rows, fields and max."))
        return
    if not allowed:
        what = tr(
            "'{name}' of {where} is of type rows, which have no place here",
            name=item.name,
            where=where,
        )
        hint = tr(
            "rows stand in an answer, in a message of one record or in an offer, and hold no rows themselves."
        )
        context.note(CONTRACT, item.name, what, hint)
    elif not item.fields or not item.max or item.max < 1:
        context.note(
            CONTRACT,
            item.name,
            tr(
                "'{name}' of {where} is of type rows, and does not say of what, or how many",
                name=item.name,
                where=where,
            ),
            tr("add fields: {NAME: …} and max: 500."),
        )
    for one in item.fields.values():
        content(context, one, f"{where}.{item.name}", files=files)
