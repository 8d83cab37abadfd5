"""What a .docx template names: its {{ words }}, content controls and bookmarks."""

import html
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from app.core.files import archives
from generator.language import tr

# Known to every template, besides what its document binds: app/documents/template_filling.py fills them.
KNOWN = ("owner", "qr", "number", "sealed_on", "seal", "sign")
FILTERS = ("cn_date", "paragraphs", "title", "money")
_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml\Z")
_TAG = re.compile(r"<[^>]+>")
_PARAGRAPH = re.compile(r"</w:p>")
_ALONE = re.compile(r"\{\{-?p\s+(\w+)\s*-?\}\}")  # takes the place of its whole paragraph
_PREFIX = re.compile(r"(\{[{%]-?)(?:p|tr|tc|r)\s")  # docxtpl: {%tr for … %}, {{r text }}
_PLACE = re.compile(r'<w:bookmarkStart[^>]*w:name="([^"]+)"')
_LARGEST = 20_000_000


@dataclass(frozen=True)
class Template:
    """What a template asks for."""

    names: frozenset[str]
    bookmarks: frozenset[str]
    bare: frozenset[str] = frozenset()  # what is printed as it is: NAME, or LIST.NAME in a loop
    alone: frozenset[str] = frozenset()  # written as {{p NAME }}


class Unreadable(Exception):
    """The file is no template; the message says why."""


def read(path: Path) -> Template:
    """Return what a template names; Unreadable where it is no Word file or its words do not fit."""
    try:
        with archives.opened(path, archives.WORD) as packed:
            parts = [one for one in packed.infolist() if _PARTS.match(one.filename)]
            if sum(one.file_size for one in parts) > _LARGEST:
                raise Unreadable(tr("it is too large"))
            pages = [
                archives.read(packed, one, _LARGEST).decode("utf-8", "replace") for one in parts
            ]
    except archives.Unfit as error:
        said = tr("it is too large") if error.why == "huge" else tr("it is no .docx file")
        raise Unreadable(said) from error
    names: set[str] = set()
    bare: set[str] = set()
    alone: set[str] = set()
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(dict.fromkeys(FILTERS, str))
    for page in pages:
        text = html.unescape(_TAG.sub("", _PARAGRAPH.sub("\n", page)))
        try:
            tree = environment.parse(_PREFIX.sub(r"\1 ", text))
            names |= meta.find_undeclared_variables(tree)
        except jinja2.TemplateSyntaxError as error:
            raise Unreadable(f"{error.message}") from error
        bare |= _bare(tree)
        alone |= set(_ALONE.findall(text))
    bookmarks = _PLACE.findall("".join(pages))
    return Template(frozenset(names), frozenset(bookmarks), frozenset(bare), frozenset(alone))


def _bare(tree: nodes.Template) -> set[str]:
    loops = {
        loop.target.name: loop.iter.name
        for loop in tree.find_all(nodes.For)
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name)
    }
    found = set()
    for part in (part for output in tree.find_all(nodes.Output) for part in output.nodes):
        if isinstance(part, nodes.Name):
            found.add(part.name)
        elif isinstance(part, nodes.Getattr) and isinstance(part.node, nodes.Name):
            found.add(f"{loops.get(part.node.name, '')}.{part.attr}")
    return found
