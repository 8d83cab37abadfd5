"""The command line of the compiler."""

import argparse
import json
import sys
from pathlib import Path

from generator import output
from generator.codes import CODES
from generator.compile import analyse, compile_all
from generator.explain import code, explain, unknown
from generator.migrate.command import behind, migrate
from generator.problem import as_json, summary


def main(arguments: list[str]) -> int:
    """Run one command; 0 = fine, 1 = metadata wrong, 2 = generated code out of date or wrong usage."""
    options = _parser().parse_args(arguments)
    result: int = options.run(options)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m generator", description="The metadata compiler."
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), help="folder that holds metadata/ and app/"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="compile metadata/ into app/generated/")
    build.set_defaults(run=_build)
    check = commands.add_parser("check", help="show every fault; writes nothing")
    check.add_argument("--json", action="store_true", help="problems as JSON")
    check.set_defaults(run=_check)
    about = commands.add_parser("explain", help="everything about a code, object, function, flow …")
    about.add_argument("name")
    about.set_defaults(run=_explain)
    move = commands.add_parser("migrate", help="write the revision that a change of tables needs")
    move.add_argument("-m", "--message", default="", help="what changes, in a few words")
    move.add_argument("--initial", action="store_true", help="write the first revision anew")
    move.set_defaults(run=_migrate)
    return parser


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
        print(f"{len(result.data.sources)} sources are right and app/generated/ is up to date.")
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
        return 1
    return migrate(options.root, found.linked, message, initial=options.initial)
