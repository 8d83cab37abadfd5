"""The command line of the compiler."""

import argparse
import json
import sys
from pathlib import Path

from generator import compare, coverage, derived, output, scaffold
from generator import watch as watching
from generator.codes import CODES
from generator.compile import analyse, compile_all
from generator.explain import code, explain, unknown
from generator.graph import bpmn, layout, svg
from generator.migrate.command import behind, migrate
from generator.migrate.flows import keep
from generator.problem import as_json, did_you_mean, summary

EXAMPLES = """examples:
  python -m generator new object outbound/visa_note --title 签证备注 --flow
  python -m generator build && python -m generator migrate -m "visa notes"
  python -m generator diff main
  python -m generator watch --serve
"""


def main(arguments: list[str]) -> int:
    """Run one command; 0 = fine, 1 = metadata wrong, 2 = generated code out of date or wrong usage."""
    options = _parser().parse_args(arguments)
    result: int = options.run(options)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m generator",
        description="The metadata compiler. What it reads and writes is said in docs/tutorial.md.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), help="folder that holds metadata/ and app/"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _daily(commands)
    _looking(commands)
    return parser


def _daily(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that write or judge."""
    build = commands.add_parser(
        "build", help="compile metadata/ into app/generated/, metadata/schema/ and docs/"
    )
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="show every fault; writes nothing")
    check.add_argument("--json", action="store_true", help="problems as JSON")
    check.set_defaults(run=_check)
    move = commands.add_parser("migrate", help="write the revision that a change of tables needs")
    move.add_argument("-m", "--message", default="", help="what changes, in a few words")
    move.add_argument("--initial", action="store_true", help="write the first revision anew")
    move.set_defaults(run=_migrate)
    new = commands.add_parser("new", help="write a working start of an object, flow or function")
    new.add_argument("what", choices=("object", "flow", "function"))
    new.add_argument(
        "name",
        help="object: SUBSYSTEM/NAME; flow: its object; function: OBJECT.ID, such as room.DK04",
    )
    new.add_argument("--title", default="", help="object: what users read")
    new.add_argument("--flow", action="store_true", help="object: a case with an approval")
    new.add_argument("--screen", default="query", help="function: query (default) or catalog")
    new.add_argument("--role", default="", help="function: the role that may use it")
    new.set_defaults(run=_new)
    watch = commands.add_parser("watch", help="build on every save and say what it means")
    watch.add_argument(
        "--serve", action="store_true", help="also serve (PORT), restarted after each build"
    )
    watch.set_defaults(run=lambda options: watching.watch(options.root, serve=options.serve))
    test = commands.add_parser("test", help="run the derived tests of one object, function or flow")
    test.add_argument("name")
    test.set_defaults(run=_test)


def _looking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that only show."""
    about = commands.add_parser("explain", help="everything about a code, object, function, flow …")
    about.add_argument("name")
    about.set_defaults(run=_explain)
    diff = commands.add_parser(
        "diff", help="what the metadata means otherwise than at a commit or in a folder"
    )
    diff.add_argument("since", nargs="?", default="HEAD", help="commit, branch or folder (HEAD)")
    diff.add_argument("--json", action="store_true", help="the differences as JSON")
    diff.set_defaults(run=_diff)
    graph = commands.add_parser("graph", help="a flow as SVG and as BPMN 2.0 XML")
    graph.add_argument("flow", help="name of a flow, or of its object")
    graph.add_argument("--out", type=Path, default=Path(), help="folder to write to (this one)")
    graph.set_defaults(run=_graph)
    cover = commands.add_parser("coverage", help="which functions of a list are built and tested")
    cover.add_argument(
        "--against", type=Path, help=f"CSV (id, title, group) or YAML ({coverage.LIST})"
    )
    cover.add_argument("--json", action="store_true", help="the coverage as JSON")
    cover.set_defaults(run=_coverage)


def _build(options: argparse.Namespace) -> int:
    result = compile_all(options.root)
    if result.problems:
        sys.stderr.write(result.report)
        return 1
    touched = output.write(options.root, result.files)
    for path in touched:
        print(f"wrote {path}" if path in result.files else f"removed {path}")
    print(
        f"{len(result.files)} files from {len(result.data.sources)} sources, {len(touched)} changed."
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    result = compile_all(options.root)
    problems, report = result.problems, result.report if result.problems else ""
    if not problems:
        problems = output.stale(options.root, result.files) + behind(options.root, result.linked)
        lines = [f"{item.place}: error[{item.code}]: {item.message}" for item in problems]
        report = "\n".join([*lines, summary(problems, len(problems)), ""]) if problems else ""
    if options.json:
        print(json.dumps(as_json(problems), ensure_ascii=False, indent=2))
    elif problems:
        sys.stderr.write(report)
    else:
        print(f"{len(result.data.sources)} sources are right and what they give is up to date.")
    return 0 if not problems else 2 if all(item.stale for item in problems) else 1


def _explain(options: argparse.Namespace) -> int:
    if options.name.upper() in CODES:
        print(code(options.name.upper()), end="")
        return 0
    linked = analyse(options.root).linked
    text = explain(linked, options.name)
    if text is None:
        sys.stderr.write(unknown(linked, options.name) + "\n")
        return 1
    print(text, end="")
    return 0


def _migrate(options: argparse.Namespace) -> int:
    found = analyse(options.root)
    if found.problems:
        sys.stderr.write(found.report)
        return 1
    message = options.message or ("Tables of all objects" if options.initial else "")
    if not message:
        sys.stderr.write("say what changes: python -m generator migrate -m TEXT\n")
        return 2
    status = migrate(options.root, found.linked, message, initial=options.initial)
    for path in keep(options.root, found.linked, found.formulas) if status == 0 else ():
        print(f"kept {path}")
    return status


def _diff(options: argparse.Namespace) -> int:
    now = analyse(options.root)
    if now.problems:
        sys.stderr.write(now.report)
        return 1
    try:
        with compare.state(options.root, options.since) as folder:
            before = analyse(folder)
    except compare.NoSuchState as fault:
        sys.stderr.write(
            f"{options.since} is neither a folder with metadata/ nor a commit: {fault}\n"
        )
        return 2
    if before.problems:
        count = len(before.problems)
        sys.stderr.write(
            f"note: {options.since} has {count} problems itself; what could be read is compared\n"
        )
    found = compare.compare(before.linked, now.linked)
    if options.json:
        print(json.dumps(compare.as_json(found), ensure_ascii=False, indent=2))
    else:
        print(compare.text(found, options.since), end="")
    return 0


def _graph(options: argparse.Namespace) -> int:
    linked = analyse(options.root).linked
    entity = linked.flows.get(options.flow) or linked.entities.get(options.flow)
    if entity is None or entity.flow is None or not entity.flow.steps:
        hint = did_you_mean(options.flow, linked.flows, "flow")
        sys.stderr.write(f"there is no flow '{options.flow}'; {hint}\n")
        return 1
    made = layout.picture(linked, entity)
    options.out.mkdir(parents=True, exist_ok=True)
    for suffix, text in (("svg", svg.render(made)), ("bpmn", bpmn.render(made))):
        path = options.out / f"{made.name}.{suffix}"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {path}")
    return 0


def _coverage(options: argparse.Namespace) -> int:
    try:
        asked = coverage.read(options.against or options.root / coverage.LIST)
    except coverage.Unreadable as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    linked, tests = analyse(options.root).linked, coverage.tests_of(options.root)
    if options.json:
        print(coverage.dump(coverage.covered(linked, asked, tests)))
    else:
        print(coverage.text(linked, asked, tests), end="")
    return 0


def _new(options: argparse.Namespace) -> int:
    found = analyse(options.root)
    if found.problems:
        sys.stderr.write(found.report)
        return 1
    linked, root, name = found.linked, options.root, options.name
    try:
        if options.what == "object":
            start = scaffold.new_object(linked, root, name, options.title, flow=options.flow)
        elif options.what == "flow":
            start = scaffold.new_flow(linked, root, name)
        else:
            about, _, id = name.partition(".")
            start = scaffold.new_function(
                linked, root, id, about, screen=options.screen, role=options.role
            )
    except scaffold.CannotMake as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    report = scaffold.write(root, start)
    if report:
        sys.stderr.write(report)
        return 1
    print(f"{start.path}: {', '.join(start.made)}")
    print("next: python -m generator build, and migrate -m TEXT if tables changed")
    return 0


def _test(options: argparse.Namespace) -> int:
    linked = analyse(options.root).linked
    ids = derived.ids(linked, options.name)
    if not ids:
        sys.stderr.write(unknown(linked, options.name) + "\n")
        return 2
    return derived.run(options.root, ids)
