"""Reads all of metadata/ into the meta-model: finds files, expands patterns, converts."""

from collections.abc import Mapping as Table
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from generator import model, shared
from generator.demo import Recipe
from generator.extending import Abstracts, name_of
from generator.interfaces import Interface
from generator.language import tr
from generator.loads import Migration
from generator.patterns import Argument, Expander, Pattern, read_pattern
from generator.problem import Place, Problems, did_you_mean
from generator.reader import Reader, Unreadable
from generator.reports import ReportModel
from generator.scores import Score
from generator.source import Mapping, Source, read_file

ROOT = "metadata"
BUILTIN = Path(__file__).parent / "builtin"
FRAMEWORK = (
    Path(__file__).resolve().parents[1]
)  # holds app/, also for a project that stands elsewhere
SHARED_FOLDERS = (
    "dictionaries",
    "policies",
    "decisions",
    "documents",
    "reports",
    "scores",
    "interfaces",
    "migration",
    "patterns",
    "runtime",
)
DATA_FOLDERS = frozenset({"demo", "reference"})  # rows and files, not language
TABLES: dict[
    str, tuple[type[Any], str]
] = {  # file or folder: what each key stands for, where it is kept
    "roles.yaml": (shared.Role, "roles"),
    "types.yaml": (shared.TypeAlias, "types"),
    "dictionaries": (shared.Dictionary, "dictionaries"),
    "policies": (shared.Policy, "policies"),
    "decisions": (shared.Decision, "decisions"),
    "documents": (shared.Document, "documents"),
    "reports": (ReportModel, "reports"),
    "scores": (Score, "scores"),
    "interfaces": (Interface, "interfaces"),
    "migration": (Migration, "migrations"),
}
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ObjectFile:
    """One object's file after expansion."""

    path: str
    subsystem: str
    stem: str
    object: model.Object


@dataclass(kw_only=True)
class Metadata:
    """Everything that metadata/ says, by kind and name, in the order of the files."""

    base: Path
    sources: dict[str, Source] = field(default_factory=dict)
    project: shared.Project | None = None
    roles: dict[str, shared.Role] = field(default_factory=dict)
    types: dict[str, shared.TypeAlias] = field(default_factory=dict)
    dictionaries: dict[str, shared.Dictionary] = field(default_factory=dict)
    policies: dict[str, shared.Policy] = field(default_factory=dict)
    decisions: dict[str, shared.Decision] = field(default_factory=dict)
    documents: dict[str, shared.Document] = field(default_factory=dict)
    reports: dict[str, ReportModel] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    migrations: dict[str, Migration] = field(default_factory=dict)
    patterns: dict[str, Pattern] = field(default_factory=dict)
    used_patterns: set[str] = field(default_factory=set)
    shipped: set[str] = field(
        default_factory=set
    )  # files of the product that another project reads
    arguments: list[Argument] = field(default_factory=list)
    files: list[ObjectFile] = field(default_factory=list)
    functions: list[tuple[str, model.Function]] = field(default_factory=list)  # with their folder

    demo: dict[str, Source] = field(default_factory=dict)  # files of the demonstration
    recipes: list[Recipe] = field(default_factory=list)

    @property
    def texts(self) -> dict[str, str]:
        """The text of each file, for excerpts."""
        return {path: source.text for path, source in (self.sources | self.demo).items()}


def _names(item: model.Object) -> set[str]:
    """Return the objects that an object's fields, rows and functions name."""
    rows = [field for child in item.children.values() for field in child.fields.values()]
    to = {str(field.to) for field in (*item.fields.values(), *rows) if field.to}
    return to | {str(one.object) for one in item.functions.values() if one.object}


def load(base: Path, problems: Problems, opened: Table[str, str] | None = None) -> Metadata:
    """Read the metadata below a project's root; of `opened` files the text that an editor has."""
    return _Loader(base, problems, opened or {}).load()


class _Loader:
    def __init__(self, base: Path, problems: Problems, opened: Table[str, str]) -> None:
        self.problems = problems
        self.opened = opened
        self.reader = Reader(problems)
        self.data = Metadata(base=base)
        self.abstracts: Abstracts | None = None

    def load(self) -> Metadata:
        folder = self.data.base / ROOT
        if not folder.is_dir():
            self.problems.add(
                "E001",
                Place(ROOT),
                tr("there is no folder metadata/ here"),
                tr("python -m generator new project FOLDER makes one."),
            )
            return self.data
        kept = {
            path.relative_to(self.data.base).as_posix()
            for path in [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]
            if path.is_file()
        }
        paths = sorted(
            path for path in kept | set(self.opened) if path.split("/")[1] not in DATA_FOLDERS
        )
        for path in paths:
            source = read_file(self.data.base, path, self.problems, self.opened)
            self.data.sources[path] = source
            if source.root is None:
                self.problems.lost.add(path.rsplit("/", 1)[-1].removesuffix(".yaml"))
        self._project()
        if self.data.project is None:
            return self.data  # without it neither folders nor owners are known
        self._patterns(paths)
        for path in paths:
            self._file(path, path.split("/")[1:])
        for path in sorted(kept - set(paths)):
            if path.startswith(f"{ROOT}/demo/"):
                self._recipe(path)
        self._own_objects()
        return self.data

    def _root(self, path: str) -> Mapping | None:
        source = self.data.sources.get(path)
        return source.root if source else None

    def _project(self) -> None:
        path = f"{ROOT}/project.yaml"
        if path not in self.data.sources:
            self.problems.add(
                "E001",
                Place(path),
                tr("there is no metadata/project.yaml"),
                tr("python -m generator new project FOLDER shows what stands in it."),
            )
        root = self._root(path)
        if root is not None:
            try:
                self.data.project = self.reader.record(shared.Project, root)
            except Unreadable:
                self.data.project = None

    def _patterns(self, paths: list[str]) -> None:
        for file in sorted(BUILTIN.glob("*.yaml")):
            name = f"generator/{BUILTIN.name}/{file.name}"
            source = read_file(BUILTIN.parent.parent, name, self.problems)
            pattern = read_pattern(source, self.problems)
            if pattern:
                self.data.sources[name] = source
                self.data.patterns[pattern.name] = pattern
        self._shipped(paths)
        for path in paths:
            if path.startswith(f"{ROOT}/patterns/"):
                pattern = read_pattern(self.data.sources[path], self.problems)
                if pattern:
                    self.data.patterns[pattern.name] = pattern

    def _shipped(self, paths: list[str]) -> None:
        """Read the product's patterns for a project that stands elsewhere; its own ones win by name."""
        if self.data.base.resolve() == FRAMEWORK:
            return
        for file in sorted((FRAMEWORK / ROOT / "patterns").glob("*.yaml")):
            name = f"{ROOT}/patterns/{file.name}"
            if name in paths:
                continue
            source = read_file(FRAMEWORK, name, self.problems)
            pattern = read_pattern(source, self.problems)
            if pattern:
                self.data.sources[name] = source
                self.data.patterns[pattern.name] = pattern
                self.data.shipped.add(name)

    def _recipe(self, path: str) -> None:
        """Read a recipe of the demonstration; a file without `object` has words for the others."""
        source = read_file(self.data.base, path, self.problems, self.opened)
        self.data.demo[path] = source
        if source.root is not None and source.root.get("object") is not None:
            with suppress(Unreadable):
                self.data.recipes.append(self.reader.record(Recipe, source.root))

    def _own_objects(self) -> None:
        """Read the framework's own objects, such as issued papers, that the project names but does not declare."""
        declared = {str(file.object.object) for file in self.data.files}
        named = {word for file in self.data.files for word in _names(file.object)}
        named |= {str(function.object) for _, function in self.data.functions if function.object}
        for file in sorted((BUILTIN / ROOT / "runtime").glob("*.yaml")):
            if file.stem in declared or file.stem not in named:
                continue
            for folder in ("runtime", "dictionaries"):
                self._built_in(folder, file.stem)

    def _built_in(self, folder: str, name: str) -> None:
        """Read one of the framework's own files; of a dictionary the project's wins."""
        path = f"{ROOT}/{folder}/{name}.yaml"
        if path in self.data.sources or not (BUILTIN / path).is_file():
            return
        self.data.sources[path] = source = read_file(BUILTIN, path, self.problems)
        self.data.shipped.add(path)
        if source.root is None:
            return
        if folder == "runtime":
            self._object(path, ["runtime", f"{name}.yaml"], source.root)
            return
        for key, node in source.root:
            if key.value not in self.data.dictionaries:
                item = self.reader.record(shared.Dictionary, node, key)
                self.data.dictionaries[key.value] = item

    def _file(self, path: str, parts: list[str]) -> None:
        root = self._root(path)
        if root is None or path == f"{ROOT}/project.yaml" or parts[0] == "patterns":
            return
        if path.endswith(".yml"):
            self.problems.add(
                "E012", Place(path), tr("YAML files here end in .yaml"), tr("rename it.")
            )
        if parts[0] in TABLES:
            cls, kept = TABLES[parts[0]]
            self._table(root, cls, getattr(self.data, kept))
        elif len(parts) == 1:
            hint = did_you_mean(parts[0], ["project.yaml", "roles.yaml", "types.yaml"])
            self.problems.add(
                "E012",
                Place(path),
                tr("metadata/{parts} is no file of the language", parts=parts[0]),
                hint,
            )
        elif len(parts) == 2:
            self._in_folder(path, parts, root)
        else:
            self.problems.add(
                "E012",
                Place(path),
                tr("a folder in a subsystem's folder is not read"),
                tr("move the file up."),
            )

    def _in_folder(self, path: str, parts: list[str], root: Mapping) -> None:
        known = self.data.project.subsystems if self.data.project else {}
        if parts[0] != "runtime" and self.data.project and parts[0] not in known:
            self.problems.add(
                "E012", Place(path), tr("the folder '{parts}' is no subsystem of project.yaml", parts=parts[0]),
                did_you_mean(parts[0], [*known, *SHARED_FOLDERS], "subsystem"),
            )  # fmt: skip
            return
        if parts[1] == "functions.yaml":
            for key, node in root:
                try:
                    function = self.reader.record(model.Function, node, key)
                except Unreadable:
                    self.problems.lost.add(key.value)
                    continue
                self.data.functions.append((parts[0], function))
        else:
            self._object(path, parts, root)

    def _table(self, root: Mapping, cls: type[T], into: dict[str, T]) -> None:
        for key, node in root:
            try:
                item = self.reader.record(cls, node, key)
            except Unreadable:
                self.problems.lost.add(key.value)
                continue
            if key.value in into:
                first: Any = into[key.value]
                self.problems.add(
                    "E101", key.place, tr("'{value}' is defined twice", value=key.value),
                    tr("it is first defined at {place}.", place=first.name.place),
                )  # fmt: skip
                continue
            into[key.value] = item

    def _object(self, path: str, parts: list[str], root: Mapping) -> None:
        given = {"organisation": str(self.data.project.organisation)} if self.data.project else {}
        if name := name_of(root):
            given["object"] = name
        before = len(self.problems.items)
        expander = Expander(self.data.patterns, given, self.problems)
        expanded = self._abstracts(given).whole(root, expander.expand)
        self.data.arguments += expander.arguments
        self.data.used_patterns |= expander.used
        stem = parts[1].removesuffix(".yaml")
        if expanded is None:
            self.problems.lost |= {stem, name_of(root)}
            return
        if expander.failed:  # what the pattern would have brought is not missing besides
            self.problems.lost |= {stem, str(getattr(expanded.get("object"), "value", stem))}
        try:
            item = self.reader.record(model.Object, expanded)
        except Unreadable:
            self.problems.lost.add(stem)
            return
        if expander.failed:
            self._forget_missing(expanded, before)
        if not item.object:
            return
        subsystem = parts[0] if parts[0] != "runtime" else ""
        self.data.files.append(ObjectFile(path=path, subsystem=subsystem, stem=stem, object=item))

    def _abstracts(self, given: dict[str, str]) -> Abstracts:
        if self.abstracts is None:
            roots = [source.root for source in self.data.sources.values() if source.root]
            self.abstracts = Abstracts(roots, given, self.problems)
        return self.abstracts

    def _forget_missing(self, root: Mapping, before: int) -> None:
        """Drop what the reader missed at the top of a file whose pattern could not be used.

        Nor is it told how a hole reads that nothing fills.
        """
        top = (root.place.path, root.place.line, root.place.column)
        self.problems.items[before:] = [
            problem
            for problem in self.problems.items[before:]
            if not (problem.code == "E011" and problem.uses)
            and (
                problem.code != "E009"
                or (problem.place.path, problem.place.line, problem.place.column) != top
            )
        ]
