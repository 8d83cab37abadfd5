"""What each command does. Each loads its own part of the compiler, so that all start quickly.

With `--json` a command prints one document and nothing else, see `generator.cli.ABOUT`.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.compile import Result, analyse, compile_all
from generator.language import tr
from generator.problem import as_json, did_you_mean, summary

if TYPE_CHECKING:
    from generator.compare import Comparison


def _answer(options: argparse.Namespace, found: dict[str, Any], text: str = "") -> None:
    """Print what was found, for people or for a program."""
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif text:
        print(text, end="" if text.endswith("\n") else "\n")


def _refuse(options: argparse.Namespace, message: str, status: int, **more: Any) -> int:
    """Say why nothing was done and return the exit code."""
    if options.json:
        print(json.dumps({**more, "error": message.strip()}, ensure_ascii=False, indent=2))
    else:
        sys.stderr.write(message.rstrip("\n") + "\n")
    return status


def _faulty(options: argparse.Namespace, found: Result) -> int:
    """Show the faults of the metadata and return the exit code."""
    if options.json:
        print(json.dumps({"problems": as_json(found.problems)}, ensure_ascii=False, indent=2))
    else:
        sys.stderr.write(found.report)
    return 1


def build(options: argparse.Namespace) -> int:
    """Compile and write."""
    from generator import output

    result = compile_all(options.root)
    if result.problems:
        return _faulty(options, result)
    touched = output.write(options.root, result.files)
    written = [path for path in touched if path in result.files]
    removed = [path for path in touched if path not in result.files]
    sources, files = len(result.data.sources), len(result.files)
    lines = [
        *(tr("wrote {path}", path=path) for path in written),
        *(tr("removed {path}", path=path) for path in removed),
    ]
    lines.append(
        tr(
            "{files} files from {sources} sources, {count} changed.",
            files=files,
            sources=sources,
            count=len(touched),
        )
    )
    found = {"sources": sources, "files": files, "written": written, "removed": removed}
    _answer(options, {**found, "problems": []}, "\n".join(lines))
    return 0


def check(options: argparse.Namespace) -> int:
    """Compile and compare with what is kept; of a folder that keeps nothing the sources are checked."""
    from generator import output
    from generator.migrate.command import behind
    from generator.migrate.flows import FOLDER, unkept

    result = compile_all(options.root)
    problems, report = result.problems, result.report if result.problems else ""
    kept = output.kept(options.root)
    if not problems and kept:
        problems = output.stale(options.root, result.files) + behind(options.root, result.linked)
        if (options.root / FOLDER).is_dir():
            problems += unkept(options.root, result.linked, result.formulas)
        lines = [f"{item.place}: error[{item.code}]: {item.message}" for item in problems]
        report = "\n".join([*lines, summary(problems, len(problems)), ""]) if problems else ""
    stale = bool(problems) and all(item.stale for item in problems)
    sources = len(result.data.sources)
    if options.json or not problems:
        found = {"sources": sources, "kept": kept, "stale": stale, "problems": as_json(problems)}
        right = tr("{sources} sources are right and what they give is up to date.", sources=sources)
        if not kept:
            build = f"python -m generator --root {options.root} build"
            right = tr(
                "{sources} sources are right. Nothing that they give is kept here; {build} would write it.",
                sources=sources,
                build=build,
            )
        _answer(options, found, right)
    else:
        sys.stderr.write(report)
    return 0 if not problems else 2 if stale else 1


def format(options: argparse.Namespace) -> int:
    """Write metadata in its canonical form, or tell which files are not in it."""
    from generator.canonical import Changed, files
    from generator.problem import Report

    try:
        found = files.look(options.root, options.path)
    except Changed as fault:
        return _refuse(options, tr("{fault}. Nothing was written.", fault=fault), 1, problems=[])
    if found.problems:
        problems, texts = found.problems.sorted(), {k: v.text for k, v in found.sources.items()}
        if options.json:
            print(json.dumps({"problems": as_json(problems)}, ensure_ascii=False, indent=2))
        else:
            sys.stderr.write(Report(options.root, texts).text(problems, len(found.sources)))
        return 1
    if not options.check:
        files.write(found)
    names, count = list(found.texts), len(found.sources)
    lines = [f"{'would format' if options.check else 'formatted'} {name}" for name in names]
    if options.check and names:
        asked = " ".join(map(str, options.path))
        lines.append(tr("To write them: python -m generator format {asked}", asked=asked).rstrip())
    lines.append(
        tr(
            "{count} files, {count2} {which}.",
            count=count,
            count2=len(names),
            which=tr("differ") if options.check else tr("changed"),
        )
    )
    _answer(options, {"files": count, "changed": names, "problems": []}, "\n".join(lines))
    return 2 if options.check and names else 0


def migrate(options: argparse.Namespace) -> int:
    """Write the next revision and keep released flows."""
    from generator.migrate.command import Refused, migrate
    from generator.migrate.flows import keep

    found = analyse(options.root)
    if found.problems:
        return _faulty(options, found)
    message = options.message or ("Tables of all objects" if options.initial else "")
    if not message:
        return _refuse(options, tr("say what changes: python -m generator migrate -m TEXT"), 2)
    try:
        moved = migrate(options.root, found.linked, message, initial=options.initial)
    except Refused as fault:
        return _refuse(options, str(fault), 1, losses=list(fault.losses))
    kept = keep(options.root, found.linked, found.formulas)
    lines = [*moved.changes, tr("wrote {names}", names=tr(" and ").join(moved.written))]
    if not moved.changes:
        lines = [tr("The schema is what the metadata asks for; there is nothing to migrate.")]
    lines += [tr("kept {path}", path=path) for path in kept]
    changed = {"changes": list(moved.changes), "written": [*moved.written, *kept]}
    _answer(options, {**changed, "losses": [], "problems": []}, "\n".join(lines))
    return 0


def new(options: argparse.Namespace) -> int:
    """Write a start, unless the whole would not be right with it."""
    from generator import scaffold, scaffold_role

    root, name = options.root, options.name
    also: list[scaffold.Start] = []
    try:
        if options.what == "project":
            return _new_project(options, root / name)
        found = analyse(root)
        if options.what == "template":
            return _new_template(options, found)
        if found.problems:
            return _faulty(options, found)
        linked = found.linked
        if options.what == "object":
            start = scaffold.new_object(linked, root, name, options.title, flow=options.flow)
        elif options.what == "module":
            start = scaffold.new_module(linked, root, name, options.title)
        elif options.what == "role":
            start, *also = scaffold_role.new_role(
                linked, root, name, options.title, reach=options.reach, face=options.face
            )
        elif options.what == "flow":
            start = scaffold.new_flow(linked, root, name)
        else:
            about, _, id = name.partition(".")
            start = scaffold.new_function(
                linked, root, id, about, screen=options.screen, role=options.role
            )
    except scaffold.CannotMake as fault:
        return _refuse(options, str(fault), 2)
    wrong = scaffold.write(root, start, *also)
    if wrong is not None:
        return _faulty(options, wrong)
    made = [words for one in (start, *also) for words in one.made]
    _answer(
        options,
        {"path": start.path, "made": made, "problems": []},
        tr(
            "{path}: {names}\nnext: python -m generator build, and migrate -m TEXT if tables changed",
            path=start.path,
            names=", ".join(made),
        ),
    )
    return 0


def _new_project(options: argparse.Namespace, folder: Path) -> int:
    from generator import scaffold_project

    made = scaffold_project.write(folder, options.title)
    here = f"python -m generator --root {folder}"
    lines = [tr("wrote {folder}", folder=folder / path) for path in made]
    lines += [
        tr("next: {here} new object office/NAME --title TITLE --flow", here=here),
        f"then: {here} build",
    ]
    _answer(options, {"path": str(folder), "made": made, "problems": []}, "\n".join(lines))
    return 0


def _new_template(options: argparse.Namespace, found: Result) -> int:
    from generator import scaffold_template

    path = scaffold_template.write(found, options.root, options.name).as_posix()
    said = tr("{path}: lay it out in Word; what stands in {{{{ }}}} is filled in", path=path)
    _answer(options, {"path": path, "made": [options.name], "problems": []}, said)
    return 0


def watch(options: argparse.Namespace) -> int:
    """Build until told to stop."""
    from generator.watch import watch

    return watch(options.root, serve=options.serve)


def test(options: argparse.Namespace) -> int:
    """Run the derived tests; the exit code is pytest's, 1 where one failed."""
    from generator import derived
    from generator.explain import unknown

    read = analyse(options.root)
    if read.problems:
        return _faulty(options, read)
    linked = read.linked
    ids = derived.ids(linked, options.name)
    if not ids:
        return _refuse(options, unknown(linked, options.name), 2)
    if not options.json:
        return derived.run(options.root, ids)
    found, status = derived.counted(options.root, ids)
    _answer(options, found)
    return status


def explain(options: argparse.Namespace) -> int:
    """Show everything about a name; what can be read of faulty metadata is enough."""
    from generator import described
    from generator.codes import CODES
    from generator.explain import code, explain, unknown

    if options.of:
        return _explain_access(options)
    name = options.name.upper()
    if name in CODES:
        _answer(options, {"found": [described.code(name)]}, code(name))
        return 0
    read = analyse(options.root)
    if read.data.project is None:
        return _faulty(options, read)
    linked = read.linked
    text = explain(linked, options.name)
    if text is None:
        return _refuse(options, unknown(linked, options.name), 1, found=[])
    found = described.described(linked, options.name) if options.json else []
    _answer(options, {"found": found}, text)
    return 0


def _explain_access(options: argparse.Namespace) -> int:
    """Show what a role can do with an object: `explain access ROLE OBJECT`."""
    from generator import explain_access

    if options.name != "access" or len(options.of) != 2:
        return _refuse(options, tr("explain takes one name, or: explain access ROLE OBJECT"), 2)
    read = analyse(options.root)
    if read.data.project is None:
        return _faulty(options, read)
    role, name = options.of
    for kind, asked, known in (
        ("role", role, read.linked.data.roles),
        ("object", name, read.linked.entities),
    ):
        if asked not in known:
            hint = did_you_mean(asked, map(str, known), kind)
            return _refuse(
                options,
                tr("there is no {kind} '{asked}'; {hint}", kind=kind, asked=asked, hint=hint),
                1,
                found=[],
            )
    lines = explain_access.access(read.linked, role, name)
    found = [explain_access.described(role, name, lines)]
    _answer(options, {"found": found}, explain_access.text(role, name, lines))
    return 0


def diff(options: argparse.Namespace) -> int:
    """Compare with another state."""
    from generator import compare

    drawn = options.html is not None  # only what other systems see needs the modules
    look = partial(compile_all, tidy=False) if drawn else analyse
    now = look(options.root)
    if now.problems:
        return _faulty(options, now)
    try:
        with compare.state(options.root, options.since) as folder:
            before = look(folder)
            found = compare.compare(before.linked, now.linked)
            page = _page(found, before, now, options) if drawn else ""
    except compare.NoSuchState as fault:
        message = tr(
            "{since} is neither a folder with metadata/ nor a commit: {fault}",
            since=options.since,
            fault=fault,
        )
        return _refuse(options, message, 2)
    if before.problems:
        count = len(before.problems)
        sys.stderr.write(
            tr(
                "note: {since} has {count} problems itself; what could be read is compared\n",
                since=options.since,
                count=count,
            )
        )
    if not drawn:
        text = "" if options.json else compare.text(found, options.since)
        _answer(options, compare.as_json(found) if options.json else {}, text)
        return 0
    try:
        options.html.write_text(page, encoding="utf-8", newline="\n")
    except OSError as fault:
        return _refuse(
            options,
            tr("cannot write {html}: {strerror}", html=options.html, strerror=fault.strerror),
            2,
        )
    told = {**compare.as_json(found), "written": [str(options.html)]}
    _answer(options, told, tr("wrote {html}", html=options.html))
    return 0


def _page(found: "Comparison", before: Result, now: Result, options: argparse.Namespace) -> str:
    """Return the comparison as a page; what is seen from outside is asked of the program."""
    from generator import compare_outside, compare_page
    from generator.compare_screens import screens

    outside = compare_outside.differences(before, now, list(found.tables))
    drawn = list(screens(before.linked, now.linked))
    return compare_page.render(found, drawn, outside, before.linked, now.linked, str(options.since))


def rehearse(options: argparse.Namespace) -> int:
    """Lead the cases of a database through a flow as it stands now."""
    from generator import rehearse

    draft = compile_all(options.root, tidy=False)
    if draft.problems:
        return _faulty(options, draft)
    entity = draft.linked.flows.get(options.flow) or draft.linked.entities.get(options.flow)
    if entity is None or entity.flow is None:
        hint = did_you_mean(options.flow, draft.linked.flows, "flow")
        return _refuse(
            options, tr("there is no flow '{flow}'; {hint}", flow=options.flow, hint=hint), 1
        )
    try:
        found = rehearse.rehearsed(
            options.root, draft, str(entity.flow.name), options.since, options.database
        )
    except rehearse.CannotRehearse as fault:
        return _refuse(options, str(fault), 2)
    text = "" if options.json else rehearse.text(found, max(options.examples, 0))
    _answer(options, found, text)
    return 0


def graph(options: argparse.Namespace) -> int:
    """Draw a flow into two files."""
    from generator.graph import bpmn, layout, svg

    read = analyse(options.root)
    if read.data.project is None:
        return _faulty(options, read)
    linked = read.linked
    entity = linked.flows.get(options.flow) or linked.entities.get(options.flow)
    if entity is None or entity.flow is None or not entity.flow.steps:
        hint = did_you_mean(options.flow, linked.flows, "flow")
        return _refuse(
            options, tr("there is no flow '{flow}'; {hint}", flow=options.flow, hint=hint), 1
        )
    made, joined = layout.picture(linked, entity), layout.picture(linked, entity, joins=True)
    written = []
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for suffix, text in (("svg", svg.render(made)), ("bpmn", bpmn.render(joined))):
            path = options.out / f"{made.name}.{suffix}"
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(str(path))
    except OSError as fault:
        return _refuse(
            options,
            tr("cannot write to {out}: {strerror}", out=options.out, strerror=fault.strerror),
            2,
        )
    lines = [tr("wrote {path}", path=path) for path in written]
    _answer(options, {"flow": made.name, "written": written}, "\n".join(lines))
    return 0


def lsp(options: argparse.Namespace) -> int:
    """Serve an editor."""
    try:
        from generator.editor.server import serve
    except ImportError as fault:
        sys.stderr.write(
            tr("{name} is not installed, which lsp needs: make setup\n", name=fault.name)
        )
        return 2
    return serve(options.root)


def coverage(options: argparse.Namespace) -> int:
    """Compare with a list of functions."""
    from generator import coverage, traceability
    from generator.musts import declared

    try:
        asked = coverage.read(options.against or options.root / coverage.LIST)
    except coverage.Unreadable as fault:
        return _refuse(options, str(fault), 2)
    read, tests = analyse(options.root), coverage.tests_of(options.root)
    if read.data.project is None:
        return _faulty(options, read)
    walks = coverage.walked(options.root)
    if options.table:
        made = traceability.table(read.linked, asked, declared(options.root))
        options.table.write_text(made, encoding="utf-8", newline="\n")
    text = "" if options.json else coverage.text(read.linked, asked, tests, walks)
    _answer(options, coverage.covered(read.linked, asked, tests, walks), text)
    return 0
