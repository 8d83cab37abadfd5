"""Written reports: a template that writes every block, forms that can be made, nothing added up wrongly."""

from generator import templates
from generator.check import rings
from generator.check.context import Context
from generator.language import tr
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
                what = tr(
                    "every template already knows '{name}', so no block can be called so",
                    name=block.name,
                )
                context.note(WRITTEN, block.name, what, tr("give it another name."))
            _block(context, spec, block)
        _template(context, item, str(spec.name))


def _block(context: Context, spec: ReportModel, block: Block) -> None:
    if len(block.forms) != 1:
        what = tr(
            "the block '{name}' has {count} forms instead of one",
            name=block.name,
            count=len(block.forms),
        )
        context.note(
            WRITTEN, block.name, what, tr("write exactly one of {names}.", names=", ".join(FORMS))
        )
        return
    form, show = block.forms[0]
    sides = [
        spec.dimensions[Name(side)]
        for side in block.by
        if context.known(
            UNKNOWN,
            side,
            spec.dimensions,
            tr("'{name}' is divided by the unknown", name=block.name),
            "dimension",
        )
    ]
    for word in show:
        what = tr("'{name}' shows the unknown", name=block.name)
        if context.known(UNKNOWN, word, spec.measures, what, "measure"):
            measure = spec.measures[Name(word)]
            if form == "pie":
                rings.measured(context, WRITTEN, word, measure, tr("write bar or table."))
            never = spec.never_by(measure)
            for side in block.by:
                if side in never:
                    what = tr(
                        "'{name}' divides '{word}' by '{side}', by which it may not be divided",
                        name=block.name,
                        word=word,
                        side=side,
                    )
                    context.note(
                        ADDED, side, what, tr("show another measure, or another dimension.")
                    )
    if len(sides) == len(block.by):
        _form(context, block, form, sides)
    if block.most is not None and not 1 <= block.most <= GROUPS:
        what = tr("'{name}' shows {most} groups", name=block.name, most=block.most)
        context.note(WRITTEN, block.name, what, tr("write 1 to {GROUPS}.", GROUPS=GROUPS))


def _form(context: Context, block: Block, form: str, sides: list[Dimension]) -> None:
    wanted = {"number": (0,), "table": (1, 2)}.get(form, (1,))
    if len(sides) not in wanted:
        what = tr(
            "'{name}' is a {form} by {count} dimensions instead of {wanted}",
            name=block.name,
            form=form,
            count=len(sides),
            wanted=wanted[0],
        )
        context.note(WRITTEN, block.name, what, tr("name it by `by`; a number has none."))
    elif len({side.name for side in sides}) < len(sides):
        what = tr("the two dimensions of '{name}' are the same", name=block.name)
        context.note(WRITTEN, block.by[1], what, tr("name another one."))
    elif len(sides) > 1 and len(block.table) > 1:
        what = tr(
            "'{name}' shows {count} measures by two dimensions",
            name=block.name,
            count=len(block.table),
        )
        context.note(WRITTEN, block.table[1], what, tr("show one measure, or name one dimension."))
    elif form == "line" and not sides[0].period:
        what = tr(
            "'{name}' is no date, so '{name2}' has no course over it",
            name=sides[0].name,
            name2=block.name,
        )
        context.note(
            WRITTEN, block.by[0], what, tr("name a dimension with `period`, or write bar.")
        )
    elif form == "pie":
        rings.divided(context, WRITTEN, block.by[0], sides[0], tr("write bar or table."))


def _template(context: Context, item: WrittenReport, model: str) -> None:
    path = context.linked.data.base / "metadata" / "documents" / item.template
    if not path.is_file():
        what = tr("there is no template metadata/documents/{template}", template=item.template)
        there = [one.name for one in path.parent.glob("*.docx")]
        near = did_you_mean(item.template, there, "template") if there else ""
        hint = tr(
            "{near} to begin one: python -m generator new template {model}.{name}",
            near=near,
            model=model,
            name=item.name,
        ).strip()
        context.note(WRITTEN, item.template, what, hint)
        return
    try:
        template = templates.read(path)
    except templates.Unreadable as error:
        what = tr(
            "the template '{template}' cannot be read: {error}", template=item.template, error=error
        )
        context.note(WRITTEN, item.template, what, tr("open it in Word and mend it there."))
        return
    blocks = list(map(str, item.blocks))
    known = [*blocks, *KNOWN]
    strange = sorted(template.names - set(known))
    if strange:
        shown = ", ".join(f"'{name}'" for name in strange)
        what = tr(
            "the template '{template}' names what '{name}' has not: {shown}",
            template=item.template,
            name=item.name,
            shown=shown,
        )
        hints = " ".join(f"{name}: {did_you_mean(name, known, 'block')}" for name in strange[:3])
        context.note(WRITTEN, item.template, what, hints)
    missing = [name for name in PRINTED if name not in template.names]
    if missing:
        what = tr(
            "the template '{template}' does not print {names}",
            template=item.template,
            names=tr(" and ").join(missing),
        )
        hint = tr(
            "write {{{{ {missing} }}}}: nobody could tell what the figures are of.",
            missing=missing[0],
        )
        context.note(WRITTEN, item.name, what, hint)
    for block in item.blocks.values():
        if block.name not in template.names:
            what = tr(
                "the template '{template}' does not write the block '{name}'",
                template=item.template,
                name=block.name,
            )
            context.note(WRITTEN, block.name, what, tr("write it there, or delete the block."))
        elif bool(block.table) != (block.name in template.alone):
            what = tr(
                "the template '{template}' writes '{name}' in the wrong way",
                template=item.template,
                name=block.name,
            )
            right = f"{{{{p {block.name} }}}}" if block.table else f"{{{{ {block.name} }}}}"
            alone = tr(", alone in its paragraph") if block.table else ""
            context.note(
                WRITTEN, block.name, what, tr("write {right}{alone}.", right=right, alone=alone)
            )
