"""The command line of the compiler: which commands there are and what each may be told."""

import argparse
import json
import re
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import NoReturn, TypeAlias

from generator import language
from generator.coverage import LIST
from generator.language import later, tr

Commands: TypeAlias = "argparse._SubParsersAction[Parser]"

ABOUT = """The metadata compiler. What it reads and writes is said in docs/tutorial.md.

Exit codes: 0 = done; 1 = not done, or a fault was found: metadata that is wrong, a loss that is
not confirmed, a test that failed, a name that there is not; 2 = generated code out of date (check),
files not in the canonical form (format --check), or a command that cannot be carried out as it was
given.

With --json standard output holds one JSON document and nothing else, whatever the exit code is.
`problems` lists faults of the metadata (path, line, column, length, code, message, hint, used_at);
`error` is there where nothing was done for another reason, and says it.
"""
EXAMPLES = """examples:
  python -m generator new object desk/notice --title 通知 --flow
  python -m generator build && python -m generator migrate -m "notices"
  python -m generator format
  python -m generator diff main
  python -m generator watch --serve
  python -m generator check --json | jq -r '.problems[] | "\\(.path):\\(.line) \\(.message)"'
"""


def _day(text: str) -> date:
    """Return a day; says how one is written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day, write YYYY-MM-DD") from None


class Parser(argparse.ArgumentParser):
    """Says wrong usage as JSON too, where that was asked for."""

    asked: tuple[str, ...] = ()

    def error(self, message: str) -> NoReturn:
        """End with 2; what is wrong is said first, then how it is written."""
        said = usage_fault(message)
        if "--json" in Parser.asked:
            print(json.dumps({"error": said}, ensure_ascii=False))
        usage = self.format_usage().removeprefix("usage: ").rstrip()
        self.exit(2, f"{said}\n{tr('usage: {usage}', usage=usage)}\n")


_SAID = (  # what argparse finds, and how it is said
    (r"the following arguments are required: (?P<names>.*)", later("missing: {names}")),
    (r"unrecognized arguments: (?P<names>.*)", later("not understood: {names}")),
    (
        r"argument (?P<name>.*?): invalid choice: (?P<typed>.*?) \(choose from (?P<known>.*)\)",
        later("{name}: invalid choice {typed}, choose from {known}"),
    ),
    (
        r"argument (?P<name>.*?): expected (one|at least one) argument",
        later("{name}: nothing follows it"),
    ),
    (
        r"argument (?P<name>.*?): ignored explicit argument (?P<typed>.*)",
        later("{name}: nothing may follow it, not {typed}"),
    ),
    (
        r"argument (?P<name>.*?): not allowed with argument (?P<other>.*)",
        later("{name}: not together with {other}"),
    ),
    (
        r"ambiguous option: (?P<name>.*?) could match (?P<known>.*)",
        later("{name} may mean {known}"),
    ),
    (
        r"argument (?P<name>.*?): (?P<typed>'.*?') is no day, write YYYY-MM-DD",
        later("{name}: {typed} is no day, write YYYY-MM-DD"),
    ),
    (
        r"argument (?P<name>.*?): invalid (?P<kind>\w+) value: (?P<typed>.*)",
        later("{name}: {typed} is no {kind}"),
    ),
)


def usage_fault(message: str) -> str:
    """Return what argparse found wrong in the language that is spoken."""
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return tr(words, **found.groupdict())
    return message


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code, see `ABOUT`."""
    Parser.asked = tuple(arguments)
    language.use()
    options = _parser().parse_args(arguments)
    language.use(options.language)
    # each command loads what it needs and no more: starting is a good part of what a check takes
    commands = import_module("generator.commands")
    result: int = getattr(commands, options.command)(options)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m generator",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), help="folder that holds metadata/ and app/ (this one)"
    )
    parser.add_argument(
        "--language",
        choices=language.LANGUAGES,
        default="",
        help=f"language of messages and hints: zh (Chinese, default) or en; else {language.SETTING}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _judging(commands)
    _writing(commands)
    _looking(commands)
    return parser


def _command(commands: Commands, name: str, help: str, more: str, json: str) -> Parser:
    """Add a command: one line for the list, a paragraph for its own help, what it gives as JSON."""
    made = commands.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}. {more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if json:
        made.add_argument("--json", action="store_true", help=json)
    return made


def _judging(commands: Commands) -> None:
    """The commands that compile, judge and try."""
    _command(
        commands, "build", "compile metadata/ into app/generated/, metadata/schema/ and docs/",
        "All or nothing:\nwhere there is a fault, nothing is written. Files without a source are removed.",
        "{sources, files, written: [], removed: [], problems: []}",
    )  # fmt: skip
    _command(
        commands, "check", "show every fault; writes nothing",
        "Also tells whether what was\nbuilt and migrated is what the metadata gives: else the exit code is 2.\n"
        "Of a folder without app/, where nothing was ever built, the sources alone are checked.",
        "{sources, kept, stale, problems: []}",
    )  # fmt: skip
    test = _command(
        commands, "test", "run the derived tests of one object, function or flow",
        "They follow from\nthe metadata alone: who may open what, rules on both sides, every action.",
        "{tests: [], passed, skipped, failed: [{test, message}]}",
    )  # fmt: skip
    test.add_argument("name", help="an object, a function or a flow")
    watch = _command(
        commands, "watch", "build on every save and say what it means", "Ends with Ctrl-C.", ""
    )
    watch.add_argument(
        "--serve",
        action="store_true",
        help="also serve (PORT), showing each build at once; without run.py: as a trial, with samples",
    )  # fmt: skip


def _writing(commands: Commands) -> None:
    """The commands that write into the project."""
    move = _command(
        commands, "migrate", "write the revision that a change of tables needs",
        "No database is touched.\nA loss that the metadata does not confirm is refused, and then nothing is written.",
        "{changes: [], written: [], losses: [], problems: []}",
    )  # fmt: skip
    move.add_argument("-m", "--message", default="", help="what changes, in a few words")
    move.add_argument("--initial", action="store_true", help="write the first revision anew")
    form = _command(
        commands, "format", "write metadata in its one canonical form",
        "Keys stand in the\norder of docs/reference/language.md; comments stay with their keys. What a file says"
        "\nnever changes; where a file is wrong, nothing is written.",
        "{files, changed: [], problems: []}",
    )  # fmt: skip
    form.add_argument(
        "path", nargs="*", type=Path, help="YAML files, or folders of them (metadata/)"
    )
    form.add_argument("--check", action="store_true", help="write nothing; 2 where a file differs")
    new = _command(
        commands, "new", "write a working start of a project, module, object, flow, function, role or template",
        "What is\nwritten builds at once; where it would not, nothing stays.",
        "{path, made: [], problems: []}",
    )  # fmt: skip
    new.add_argument(
        "what", choices=("project", "module", "object", "flow", "function", "role", "template")
    )
    new.add_argument(
        "name",
        help="project: its folder; module, object: SUBSYSTEM/NAME; flow: its object; function: OBJECT.ID, such as"
        " room.DK04; role: its name; template: a document, or a written report MODEL.NAME",
    )
    new.add_argument("--title", default="", help="project, module, object, role: what users read")
    new.add_argument(
        "--reach",
        choices=("own", "unit", "district", "all"),
        default="all",
        help="role: how far it sees (all)",
    )
    new.add_argument(
        "--face",
        choices=("portal", "office"),
        default="office",
        help="role: the applicants' portal, or the office (office)",
    )
    new.add_argument("--flow", action="store_true", help="object: a case with an approval")
    new.add_argument("--screen", default="query", help="function: query (default) or catalog")
    new.add_argument("--role", default="", help="function: the role that may use it")


def _looking(commands: Commands) -> None:
    """The commands that only show."""
    about = _command(
        commands, "explain", "everything about a code, object, function, flow …", "",
        "{found: [{kind, name, …}]}, one for each thing of that name",
    )  # fmt: skip
    about.add_argument(
        "name", help="E203, DK01, booking_approval, booking.room, a role …; or access"
    )
    about.add_argument(
        "of", nargs="*", help="access ROLE OBJECT: what the role can do with it, by which lines"
    )
    diff = _command(
        commands, "diff", "what the metadata means otherwise than at a commit or in a folder",
        "Tables,\npermissions gained and lost, steps, screens, and what data is at risk.",
        "{tables: [], permissions: {}, changes: [], at_risk: []}, with --html also written: []",
    )  # fmt: skip
    diff.add_argument("since", nargs="?", default="HEAD", help="commit, branch or folder (HEAD)")
    diff.add_argument(
        "--html", type=Path, metavar="FILE",
        help="write it as a page for a review: screens, flows and permissions side by side, SQL, interface",
    )  # fmt: skip
    _command(
        commands, "lsp", "serve an editor: faults, completion, meaning and places of names",
        "Speaks the\nLanguage Server Protocol over standard input and output, and writes nothing. An editor starts it\n"
        "by itself; how to set it up is said in docs/实施人员指南.md.",
        "",
    )  # fmt: skip
    replay = _command(
        commands, "rehearse", "what a flow as it stands now would mean for the cases of a database",
        "Every\ncase is led through it with what was decided then. The database is opened for reading only, and"
        "\nneed not know the draft.",
        "{flow, cases: [], steps: [], routes: [], gone_actions: [], running: {}, …}, all cases",
    )  # fmt: skip
    replay.add_argument("flow", help="name of a flow, or of its object")
    replay.add_argument("--since", type=_day, help="cases submitted since YYYY-MM-DD (a year ago)")
    replay.add_argument("--database", default="", metavar="URL", help="DATABASE_URL, else var/data")
    replay.add_argument("--examples", type=int, default=3, help="cases named for each finding (3)")
    graph = _command(
        commands, "graph", "a flow as SVG and as BPMN 2.0 XML", "", "{flow, written: []}"
    )
    graph.add_argument("flow", help="name of a flow, or of its object")
    graph.add_argument("--out", type=Path, default=Path(), help="folder to write to (this one)")
    cover = _command(
        commands, "coverage", "which functions of a list are complete, must by must", "",
        "{functions: {ID: {title, object, screen, roles, tests, musts, walked, complete}}, missing: [],"
        " beyond: {ID: {title, belongs_to}}}",
    )  # fmt: skip
    cover.add_argument(
        "--against", type=Path, help=f"CSV (id, title, group, must, text) or YAML ({LIST})"
    )
    cover.add_argument(
        "--table", type=Path, metavar="FILE", help="also write the table must, screen, YAML, test"
    )
