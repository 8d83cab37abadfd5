"""`new template`: writes a Word template that prints everything its document or written report has."""

from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH

from generator import shared
from generator.check.catalogs import bound
from generator.compile import Result
from generator.formulas import Formulas
from generator.language import tr
from generator.problem import did_you_mean
from generator.reader import Name
from generator.scaffold import CannotMake
from generator.source import Mapping, Scalar
from generator.world import Linked
from generator.written import WrittenReport

FOLDER = Path("metadata", "documents")


def write(found: Result, base: Path, name: str) -> Path:
    """Write the template of a document, or of a written report MODEL.NAME, and return where it is.

    The metadata may still be wrong: mostly it is this template that is missing. CannotMake where
    nothing is called so, or the file is there already: what somebody has laid out is never replaced.
    """
    item = _named(found.linked, name)
    path = FOLDER / item.template
    if (base / path).exists():
        raise CannotMake(
            tr("there is a file {path} already; delete it first", path=path.as_posix())
        )
    paper = docx.Document()
    paper.add_heading(str(item.title), 1)
    if isinstance(item, shared.Document):
        _document(paper, item, found.linked, found.formulas)
    else:
        _report(paper, item)
    (base / path).parent.mkdir(parents=True, exist_ok=True)
    paper.save(str(base / path))
    return path


def _named(linked: Linked, name: str) -> shared.Document | WrittenReport:
    reports = {
        f"{model.name}.{item.name}": item
        for model in linked.data.reports.values()
        for item in model.docx.values()
    }
    known = {str(key): item for key, item in linked.data.documents.items()} | reports
    if name not in known:
        raise CannotMake(
            tr(
                "there is no document and no written report '{name}'; {hint}",
                name=name,
                hint=did_you_mean(name, known, "document"),
            )
        )
    return known[name]


def _document(paper: WordFile, item: shared.Document, linked: Linked, formulas: Formulas) -> None:
    if item.number:
        paper.add_paragraph("{{ number }}")
    for name, node in item.bind.items():
        if isinstance(node, Mapping):
            _rows(paper, item, str(name), node, linked, formulas)
        else:
            shown = _shown(item, str(name), formulas)
            paper.add_paragraph(f"{_label(linked, str(item.object), node, str(name))}：{shown}")
    if not item.number:
        return
    _ending(paper, sealed=bool(item.seal))


def _ending(paper: WordFile, *, sealed: bool) -> None:
    """The code at the left, at the right who issues it and when, with the seal in the middle of that column.

    A seal is 42 mm wide and stands over the owner's name: below or above the code it would cover it.
    """
    left, right = paper.add_table(rows=1, cols=2).rows[0].cells
    left.text = "{{ qr }}"
    lines = [*(["{{ seal }}"] if sealed else []), "{{ owner }}", "{{ sealed_on }}"]
    right.text = lines[0]
    for line in lines[1:]:
        right.add_paragraph(line)
    for paragraph in right.paragraphs:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _rows(
    paper: WordFile,
    item: shared.Document,
    name: str,
    node: Mapping,
    linked: Linked,
    formulas: Formulas,
) -> None:
    """A table with a line for each row; the loop stands in lines of its own, which vanish."""
    inner = node.get("bind")
    names = [key.value for key, _ in inner] if isinstance(inner, Mapping) else []
    table = paper.add_table(rows=4, cols=max(len(names), 1))
    table.style = "Table Grid"
    target = _rows_of(linked, str(item.object), node)
    for cell, word in zip(table.rows[0].cells, names, strict=False):
        bind = inner.get(word) if isinstance(inner, Mapping) else None
        cell.text = _label(linked, target, bind, word)
    table.rows[1].cells[0].text = f"{{%tr for row in {name} %}}"
    for cell, word in zip(table.rows[2].cells, names, strict=False):
        cell.text = _shown(item, f"{name}.{word}", formulas).replace(f"{name}.", "row.", 1)
    table.rows[3].cells[0].text = "{%tr endfor %}"


def _rows_of(linked: Linked, object_name: str, node: Mapping) -> str:
    each = node.get("each")
    members = linked.world.members.get(object_name, {})
    found = members.get(each.value) if isinstance(each, Scalar) else None
    return found.target or "" if found else ""


def _shown(item: shared.Document, name: str, formulas: Formulas) -> str:
    """Return how a value is printed: amounts in yuan, codes by their titles, days in words."""
    found = bound(formulas, item, name)
    after = ""
    if found is not None and not found.many:
        if found.kind == "money":
            after = "|money"
        elif found.dictionary:
            after = f"|title('{found.dictionary}')"
        elif found.kind == "date":
            after = "|cn_date"
    return f"{{{{ {name}{after} }}}}"


def _label(linked: Linked, object_name: str, node: object, name: str) -> str:
    """Return what people read beside a value: the title of the field that its path ends at."""
    label = ""
    for step in node.value.split(".") if isinstance(node, Scalar) else ():
        entity = linked.entities.get(object_name)
        member = linked.world.members.get(object_name, {}).get(step)
        field = entity.fields.get(Name(step)) if entity else None
        if field is None or member is None:
            return label or name
        label, object_name = str(field.title), member.target or ""
    return label or name


def _report(paper: WordFile, item: WrittenReport) -> None:
    paper.add_paragraph("{{ asked }}")
    for line in _blocks(item):
        paper.add_paragraph(line)
    paper.add_paragraph("{{ basis }}")


def _blocks(item: WrittenReport) -> Iterator[str]:
    for name, block in item.blocks.items():
        title = str(block.title or "")
        if block.table:
            yield from ((title,) if title else ())
            yield f"{{{{p {name} }}}}"
        elif block.number or block.leading:
            yield f"{title or name}：{{{{ {name} }}}}"
        else:
            yield f"{{{{ {name} }}}}"
