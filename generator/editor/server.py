"""Speaks the Language Server Protocol with an editor; each feature has a module of its own.

One task reads what the editor sends and answers. Checking runs on a thread beside it, once typing
has paused, and what it found is published from the task again, so nothing is shared while it changes.
"""

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from generator.editor import completion, diagnostics, fixes, formatting, hover, places
from generator.editor.project import Judged, Project, folder_of, judge
from generator.load import ROOT
from generator.problem import Place

PAUSE = 0.2  # seconds without typing after which is checked
KINDS = {
    "key": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.EnumMember,
    "name": types.CompletionItemKind.Reference,
    "function": types.CompletionItemKind.Function,
}
log = logging.getLogger(__name__)


@dataclass
class Held:
    """A project that an editor works on, and how far checking has come."""

    project: Project
    asked: int = 0  # how often something changed
    task: "asyncio.Task[None] | None" = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)  # something is known
    published: set[str] = field(default_factory=set)  # addresses of files that show faults
    said: str = ""  # what was last said in a message


class Server(LanguageServer):
    """The server with the projects that it was asked about."""

    def __init__(self, root: Path) -> None:
        # whole texts: a change of a part counts lines, and not everybody counts the same ones
        super().__init__("metadata", "1", text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.root = root
        self.held: dict[Path, Held] = {}
        self.uris: dict[Path, str] = {}  # open files as the editor addresses them
        self.thread_of_checks = ThreadPoolExecutor(max_workers=1)

    def say(self, text: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a message."""
        self.window_show_message(types.ShowMessageParams(kind, text))

    def begin(self) -> None:
        """Check the folders that the editor has open."""
        addresses = [folder.uri for folder in self.workspace.folders.values()]
        addresses = addresses or [uri for uri in (self.workspace.root_uri,) if uri]
        folders = [Path(path) for uri in addresses if (path := to_fs_path(uri))]
        for folder in folders or [self.root.resolve()]:
            ways = (folder, *folder.parents)
            base = next((one for one in ways if (one / ROOT).is_dir()), None)
            if base is None:
                self.say(
                    f"{folder} 中没有 metadata/ 文件夹，这里没有可检查的元数据；"
                    "新建项目用 python -m generator new project 文件夹。"
                )
            else:
                self.changed(self.hold(base))

    def hold(self, base: Path) -> Held:
        """Return a project, known from now on."""
        if base not in self.held:
            self.held[base] = Held(Project(base))
        return self.held[base]

    def changed(self, held: Held) -> None:
        """See to it that a project is checked soon."""
        held.asked += 1
        if held.task is None or held.task.done():
            held.task = asyncio.get_running_loop().create_task(self._check(held))

    async def _check(self, held: Held) -> None:
        done = -1
        while done != held.asked:
            asked = held.asked
            await asyncio.sleep(PAUSE)
            if asked != held.asked:
                continue
            project, loop = held.project, asyncio.get_running_loop()
            texts = dict(project.opened)
            try:
                judged = await loop.run_in_executor(
                    self.thread_of_checks, judge, project.base, texts, project.right
                )
                self._publish(held, judged)
            except Exception:  # a fault of a check must not end what else works
                log.exception("checking failed")
                self._once(held, "检查没有完成：程序出错，详情在语言服务的日志中。")
            held.ready.set()
            done = asked

    def _publish(self, held: Held, judged: Judged) -> None:
        project = held.project
        project.judged = judged
        lost = diagnostics.without_file(project, judged.problems)
        shown = [one for one in judged.problems if one not in lost]
        found = diagnostics.of_files(project, shown, self.at)
        for uri in sorted(held.published | set(found)):
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, found.get(uri, []))
            )
        held.published = set(found)
        self._once(held, "\n".join(f"{one.place}：{one.message}\n{one.hint}" for one in lost))

    def _once(self, held: Held, text: str) -> None:
        if text and text != held.said:
            self.say(text)
        held.said = text

    def of(self, uri: str) -> tuple[Held | None, str]:
        """Return the project of a file and its path from there; None for what is no metadata."""
        name = to_fs_path(uri)
        base = folder_of(Path(name)) if name else None
        if base is None or name is None:
            return None, ""
        known = base in self.held or (base / ROOT / "project.yaml").is_file()
        held = self.hold(base) if known else None
        return held, held.project.path(Path(name)) if held else ""

    async def ready(self, uri: str) -> tuple[Project | None, str]:
        """Return the project of a file once something is known of it, and the file's path from there."""
        held, path = self.of(uri)
        if held is None or not path:
            return None, ""
        if held.task is None:
            self.changed(held)
        await held.ready.wait()
        return held.project, path

    def at(self, project: Project, place: Place) -> types.Location:
        """Return a place as the editor counts it."""
        rows = project.text(place.path).split("\n")
        line = min(place.line, len(rows)) - 1
        start = place.column - 1
        file = project.file(place.path)
        stretch = self.range(rows[line], line, start, start + place.length)
        return types.Location(self.uris.get(file, file.absolute().as_uri()), stretch)

    def range(self, row: str, line: int, start: int, end: int) -> types.Range:
        """Return a stretch of a line, given in characters."""
        count = self.workspace.position_codec.client_num_units
        row = row.rstrip("\r")
        first, last = count(row[:start]), count(row[:end])
        return types.Range(types.Position(line, first), types.Position(line, last))

    def cursor(self, text: str, position: types.Position) -> tuple[int, int]:
        """Return line and column of a position, in characters from 0."""
        rows = text.split("\n")
        if position.line >= len(rows):
            return len(rows), 0
        count, units = self.workspace.position_codec.client_num_units, 0
        for column, char in enumerate(rows[position.line]):
            if units >= position.character:
                return position.line, column
            units += count(char)
        return position.line, len(rows[position.line])


def serve(root: Path) -> int:
    """Serve an editor over standard input and output until it says that it is done."""
    stdout, sys.stdout = sys.stdout, sys.stderr  # only the protocol is written there
    server = Server(root)
    _follow(server)
    _answer(server)
    server.start_io(sys.stdin.buffer, stdout.buffer)
    return 0


def _follow(server: Server) -> None:
    """Register what keeps the texts up to date."""
    server.feature(types.INITIALIZED)(_begun)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_typed)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_typed)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_moved)


def _begun(ls: Server, params: types.InitializedParams) -> None:
    watching = ls.client_capabilities.workspace
    files = watching.did_change_watched_files if watching else None
    if files and files.dynamic_registration:
        watcher = types.FileSystemWatcher(f"**/{ROOT}/**")
        options = types.DidChangeWatchedFilesRegistrationOptions([watcher])
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        asked = types.Registration("metadata", method, options)
        ls.client_register_capability(types.RegistrationParams([asked]))
    ls.begin()


def _typed(
    ls: Server, params: types.DidOpenTextDocumentParams | types.DidChangeTextDocumentParams
) -> None:
    uri = params.text_document.uri
    held, path = ls.of(uri)
    if held and path:
        text = ls.workspace.get_text_document(uri).source
        held.project.opened[path] = text.removeprefix("\ufeff")
        ls.uris[held.project.base / path] = uri
        ls.changed(held)


def _closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    held, path = ls.of(params.text_document.uri)
    if held:
        held.project.opened.pop(path, None)
        ls.uris.pop(held.project.base / path, None)
        ls.changed(held)


def _saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    held, _ = ls.of(params.text_document.uri)
    if held:
        ls.changed(held)


def _moved(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    for held in ls.held.values():
        ls.changed(held)


def _answer(server: Server) -> None:
    """Register what answers."""
    triggers = types.CompletionOptions([".", "'", '"', "{", "[", " "])
    fixing = types.CodeActionOptions([types.CodeActionKind.QuickFix])
    server.feature(types.TEXT_DOCUMENT_COMPLETION, triggers)(_complete)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_say)
    server.feature(types.TEXT_DOCUMENT_DEFINITION)(_define)
    server.feature(types.TEXT_DOCUMENT_REFERENCES)(_refer)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, fixing)(_mend)
    server.feature(types.TEXT_DOCUMENT_FORMATTING)(_format)


async def _complete(ls: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    project, path = await ls.ready(params.text_document.uri)
    if project is None or project.linked is None:
        return []
    text = project.text(path)
    line, column = ls.cursor(text, params.position)
    found = completion.complete(project.linked, path, text, line, column)
    rows = text.split("\n")
    return [_item(ls, number, one, rows[line], line, column) for number, one in enumerate(found)]


async def _say(ls: Server, params: types.HoverParams) -> types.Hover | None:
    project, path = await ls.ready(params.text_document.uri)
    if project is None:
        return None
    text = project.text(path)
    line, column = ls.cursor(text, params.position)
    found = hover.hover(project, path, line, column)
    if found is None:
        return None
    said, start, end = found
    stretch = ls.range(text.split("\n")[line], line, start, end)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said), stretch)


async def _define(ls: Server, params: types.DefinitionParams) -> types.Location | None:
    project, path = await ls.ready(params.text_document.uri)
    if project is None:
        return None
    place = places.definition(project, path, *ls.cursor(project.text(path), params.position))
    return ls.at(project, place) if place else None


async def _refer(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    project, path = await ls.ready(params.text_document.uri)
    if project is None:
        return []
    at = ls.cursor(project.text(path), params.position)
    return [ls.at(project, place) for place in places.references(project, path, *at)]


async def _mend(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    project, path = await ls.ready(params.text_document.uri)
    if project is None:
        return []
    first, last = params.range.start.line, params.range.end.line
    text = project.text(path)
    mended = dict.fromkeys(
        found
        for problem in project.judged.problems
        if problem.place.path == path and first <= problem.place.line - 1 <= last
        if (found := fixes.fix(problem, text))
    )
    return [_action(ls, params, text, one) for one in mended]


async def _format(
    ls: Server, params: types.DocumentFormattingParams
) -> list[types.TextEdit] | None:
    project, path = await ls.ready(params.text_document.uri)
    if project is None:
        return None
    found = formatting.formatted(project.text(path), path)
    if isinstance(found, str):
        ls.say(f"没有排版：{found}")
        return None
    return [
        types.TextEdit(
            types.Range(types.Position(one.first, 0), types.Position(one.last, 0)), one.text
        )
        for one in found
    ]


def _item(
    ls: Server, number: int, one: completion.Offer, row: str, line: int, column: int
) -> types.CompletionItem:
    help = types.MarkupContent(types.MarkupKind.Markdown, one.help) if one.help else None
    return types.CompletionItem(
        one.label,
        kind=KINDS[one.kind],
        detail=one.detail or None,
        documentation=help,
        sort_text=f"{number:04}",
        text_edit=types.TextEdit(ls.range(row, line, column - one.typed, column), one.insert),
    )


def _action(
    ls: Server, params: types.CodeActionParams, text: str, one: fixes.Fix
) -> types.CodeAction:
    stretch = ls.range(text.split("\n")[one.line], one.line, one.start, one.end)
    edit = types.TextEdit(stretch, one.new)
    about = [
        found
        for found in params.context.diagnostics
        if found.range.start <= stretch.start and stretch.end <= found.range.end
    ]
    return types.CodeAction(
        f"“{one.old}”改为“{one.new}”",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=about or None,
        is_preferred=bool(about),  # others stand on the line
        edit=types.WorkspaceEdit(changes={params.text_document.uri: [edit]}),
    )
