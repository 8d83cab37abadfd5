"""Worked examples in the reference: the files that tests compile and run, as they stand."""

import re
from pathlib import Path

from generator.manual.functions import NOTE

SOURCE = "tests/examples/metadata"
FOLDER = "docs/reference/examples"
_TITLE = re.compile(r"^ {0,2}title: *(.+?) *$", re.MULTILINE)
_HELP = re.compile(r"^help: *(.+?) *$", re.MULTILINE)


def render(base: Path) -> dict[str, str]:
    """Return one page for each file that begins with a remark; nothing where there are no examples."""
    pages = {}
    for path in sorted((base / SOURCE).rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if text.startswith(("#", "pattern:")):
            name = path.relative_to(base / SOURCE).with_suffix("").as_posix().replace("/", "_")
            pages[f"{FOLDER}/{name}.md"] = _page(path.relative_to(base).as_posix(), text)
    return pages


def contents(pages: dict[str, str]) -> list[str]:
    """Return the lines of a table of contents."""
    if not pages:
        return []
    names = {path: text.split("\n# ", 1)[1].split("\n", 1)[0] for path, text in pages.items()}
    found = [f"- [{title}](examples/{path.rsplit('/', 1)[1]})" for path, title in names.items()]
    return ["", "## 例子（由测试编译并运行）", "", *found]


def _page(path: str, text: str) -> str:
    lines = text.splitlines()
    count = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    remark = " ".join(line.lstrip("# ") for line in lines[:count])
    found = _HELP.search(text) if text.startswith("pattern:") else _TITLE.search(text)
    stem = path.rsplit("/", 1)[1].removesuffix(".yaml")
    title = f"{found[1]}（{stem}）" if found and "$" not in found[1] else stem
    body = "\n".join(lines[count:]).strip("\n")
    parts = [NOTE, f"# {title}", "", *([remark, ""] if remark else []), f"`{path}`：", ""]
    return "\n".join([*parts, "```yaml", body, "```"]) + "\n"
