"""Says what a model of reports, a score or a migration is."""

from generator.world import Linked


def shown_by(linked: Linked, name: str) -> list[str]:
    """Return the functions that show a model."""
    return [
        str(item.spec.id)
        for item in linked.functions.values()
        if item.spec.model == name or name in item.spec.models
    ]


def model(linked: Linked, name: str) -> str:
    """Return the text about a model of reports."""
    spec = linked.data.reports[name]
    lines = [f"report model {name}  {spec.title}", f"  declared at {spec.name.place}"]
    lines.append(f"  a fact is: {spec.fact}" + (f", where {spec.where}" if spec.where else ""))
    for item in spec.dimensions.values():
        how = "several for a fact" if item.many else str(item.period or "")
        lines.append(f"    by {item.name:<16} {item.by}  {item.title}  {how}".rstrip())
    for measure in spec.measures.values():
        said = ", ".join(f"{way} {code}" for way, code in measure.said.items())
        barred = spec.never_by(measure)
        never = f"  not by {', '.join(barred)}" if barred else ""
        lines.append(f"    {measure.name:<19} {said}  {measure.title}{never}")
    for report in spec.reports.values():
        sides = f"{report.rows} × {report.columns}" if report.columns else str(report.rows)
        lines.append(f"    report {report.name:<12} {sides}: {', '.join(report.show)}")
    for tile in (spec.dashboard.tiles if spec.dashboard else {}).values():
        said = ", ".join(f"{form} {word}" for form, word in tile.forms)
        by = f" by {', '.join(tile.by)}" if tile.by else ""
        lines.append(f"    tile {tile.name:<14} {said}{by}")
    for paper in spec.docx.values():
        lines.append(f"    docx {paper.name:<14} {paper.template}  {paper.title}")
        for block in paper.blocks.values():
            said = ", ".join(f"{form} {' '.join(show)}" for form, show in block.forms)
            by = f" by {', '.join(block.by)}" if block.by else ""
            lines.append(f"      {block.name:<17} {said}{by}")
    return "\n".join([*lines, *_functions(linked, name)]) + "\n"


def score(linked: Linked, name: str) -> str:
    """Return the text about a score."""
    spec = linked.data.scores[name]
    lines = [f"score {name}  {spec.title}", f"  declared at {spec.name.place}"]
    lines.append(f"  of {spec.of}, each {spec.period} from {spec.start}")
    for item in spec.items.values():
        cap = f", never beyond {item.cap}" if item.cap else ""
        lines.append(f"    {item.name:<16} {item.on}: {item.points}{cap}  {item.title}")
    return "\n".join([*lines, *_functions(linked, name)]) + "\n"


def migration(linked: Linked, name: str) -> str:
    """Return the text about a migration."""
    spec = linked.data.migrations[name]
    lines = [f"migration {name}  {spec.title}", f"  declared at {spec.name.place}"]
    lines.append(
        f"  {spec.source}: {spec.table} ({', '.join(spec.key)}) → {spec.into}, mode {spec.mode}"
    )
    lines.append(f"  the same record by {', '.join(spec.match)}; then: {spec.same}")
    for item in spec.fields.values():
        found = f"  from {item.taken}" if item.taken else f"  by {item.by}" if item.by else ""
        lines.append(f"    {item.name:<16} {item.value}{found}")
    for rows in spec.children.values():
        lines.append(f"    {rows.name}: {rows.table}, of {rows.of}: {', '.join(rows.fields)}")
    if spec.file:
        shown = ", ".join(shown_by(linked, str(spec.source))) or "no function yet"
        lines.append(f"  a {spec.file} that is handed in; taken by: {shown}")
    else:
        lines.append(f"  run: run.py migrate-data {name}")
    return "\n".join(lines) + "\n"


def _functions(linked: Linked, name: str) -> list[str]:
    ids = shown_by(linked, name)
    return [f"  shown by: {', '.join(ids)}"] if ids else []
