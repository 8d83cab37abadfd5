"""Written reports: a template that writes every block, forms that can be made, nothing added up wrongly."""

from generator import templates
from generator.check.context import Context
from generator.problem import did_you_mean
from generator.reader import Name
from generator.reports import Dimension, ReportModel
from generator.written import FORMS, Block, WrittenReport

UNKNOWN, ADDED, WRITTEN = "E501", "E504", "E506"
GROUPS = 200
# What app/reports/written.py fills besides the blocks; the first two must be printed.
PRINTED = ("asked", "basis")
KNOWN = (*PRINTED, "title", "days", "asked_by", "asked_at", "owner")


def check(context: Context, spec: ReportModel) -> None:
    """Check the written reports of a model."""
    for item in spec.docx.values():
        for block in item.blocks.values():
            if block.name in KNOWN:
                what = f"every template already knows '{block.name}', so no block can be called so"
                context.note(WRITTEN, block.name, what, "give it another name.")
            _block(context, spec, block)
        _template(context, item, str(spec.name))


def _block(context: Context, spec: ReportModel, block: Block) -> None:
    if len(block.forms) != 1:
        what = f"the block '{block.name}' has {len(block.forms)} forms instead of one"
        context.note(WRITTEN, block.name, what, f"write exactly one of {', '.join(FORMS)}.")
        return
    form, show = block.forms[0]
    sides = [
        spec.dimensions[Name(side)]
        for side in block.by
        if context.known(
            UNKNOWN, side, spec.dimensions, f"'{block.name}' is divided by the unknown", "dimension"
        )
    ]
    for word in show:
        what = f"'{block.name}' shows the unknown"
        if context.known(UNKNOWN, word, spec.measures, what, "measure"):
            never = spec.measures[Name(word)].not_by or ()
            for side in block.by:
                if side in never:
                    what = f"'{block.name}' divides '{word}' by '{side}', by which it may not be divided"
                    context.note(ADDED, side, what, "show another measure, or another dimension.")
    if len(sides) == len(block.by):
        _form(context, block, form, sides)
    if block.most is not None and not 1 <= block.most <= GROUPS:
        what = f"'{block.name}' shows {block.most} groups"
        context.note(WRITTEN, block.name, what, f"write 1 to {GROUPS}.")


def _form(context: Context, block: Block, form: str, sides: list[Dimension]) -> None:
    wanted = {"number": (0,), "table": (1, 2)}.get(form, (1,))
    if len(sides) not in wanted:
        what = f"'{block.name}' is a {form} by {len(sides)} dimensions instead of {wanted[0]}"
        context.note(WRITTEN, block.name, what, "name it by `by`; a number has none.")
    elif len({side.name for side in sides}) < len(sides):
        what = f"the two dimensions of '{block.name}' are the same"
        context.note(WRITTEN, block.by[1], what, "name another one.")
    elif len(sides) > 1 and len(block.table) > 1:
        what = f"'{block.name}' shows {len(block.table)} measures by two dimensions"
        context.note(WRITTEN, block.table[1], what, "show one measure, or name one dimension.")
    elif form == "line" and not sides[0].period:
        what = f"'{sides[0].name}' is no date, so '{block.name}' has no course over it"
        context.note(WRITTEN, block.by[0], what, "name a dimension with `period`, or write bar.")
    elif form == "pie" and sides[0].many:
        what = f"a fact stands under several '{sides[0].name}', which are no parts of a whole"
        context.note(WRITTEN, block.by[0], what, "write bar or table.")


def _template(context: Context, item: WrittenReport, model: str) -> None:
    path = context.linked.data.base / "metadata" / "documents" / item.template
    if not path.is_file():
        what = f"there is no template metadata/documents/{item.template}"
        there = [one.name for one in path.parent.glob("*.docx")]
        near = did_you_mean(item.template, there, "template") if there else ""
        hint = f"{near} to begin one: python -m generator new template {model}.{item.name}".strip()
        context.note(WRITTEN, item.template, what, hint)
        return
    try:
        template = templates.read(path)
    except templates.Unreadable as error:
        what = f"the template '{item.template}' cannot be read: {error}"
        context.note(WRITTEN, item.template, what, "open it in Word and mend it there.")
        return
    blocks = list(map(str, item.blocks))
    known = [*blocks, *KNOWN]
    strange = sorted(template.names - set(known))
    if strange:
        shown = ", ".join(f"'{name}'" for name in strange)
        what = f"the template '{item.template}' names what '{item.name}' has not: {shown}"
        hints = " ".join(f"{name}: {did_you_mean(name, known, 'block')}" for name in strange[:3])
        context.note(WRITTEN, item.template, what, hints)
    missing = [name for name in PRINTED if name not in template.names]
    if missing:
        what = f"the template '{item.template}' does not print {' and '.join(missing)}"
        hint = f"write {{{{ {missing[0]} }}}}: nobody could tell what the figures are of."
        context.note(WRITTEN, item.name, what, hint)
    for block in item.blocks.values():
        if block.name not in template.names:
            what = f"the template '{item.template}' does not write the block '{block.name}'"
            context.note(WRITTEN, block.name, what, "write it there, or delete the block.")
        elif bool(block.table) != (block.name in template.alone):
            what = f"the template '{item.template}' writes '{block.name}' in the wrong way"
            right = f"{{{{p {block.name} }}}}" if block.table else f"{{{{ {block.name} }}}}"
            alone = ", alone in its paragraph" if block.table else ""
            context.note(WRITTEN, block.name, what, f"write {right}{alone}.")
