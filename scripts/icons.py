"""Builds one SVG of the icons that templates, screens and metadata ask for by name."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# icon("x") in templates, glyph="x" and icon="x" in Python and templates, icon: x in metadata
USES = re.compile(r"""\b(?:icon|glyph)(?:\(|\s*=\s*|:\s*)["']?([a-z][a-z0-9-]*)["']?""")
NAMED = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
SOURCES = (("app", "*.html"), ("app", "*.py"), ("metadata", "*.yaml"))
SHAPE = re.compile(r'<svg[^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', re.DOTALL)


def names(root: Path = ROOT) -> list[str]:
    """Return the names of all icons that are asked for and exist, sorted."""
    folder = _folder(root)
    found: set[str] = set()
    for room, pattern in SOURCES:
        for path in sorted((root / room).rglob(pattern)):
            for line in path.read_text("utf-8").splitlines():
                found.update(USES.findall(line))
                if "icon(" in line or "glyph" in line:
                    found.update(NAMED.findall(line))
    return sorted(name for name in found if (folder / f"{name}.svg").is_file())


def build(root: Path = ROOT) -> str:
    """Return the SVG text that holds every named icon as a symbol."""
    symbols = []
    for name in names(root):
        match = SHAPE.search((_folder(root) / f"{name}.svg").read_text("utf-8"))
        if match:
            symbols.append(f'<symbol id="{name}" viewBox="{match[1]}">{match[2].strip()}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def write(root: Path = ROOT) -> Path:
    """Write the sprite beside the other vendor files; return where."""
    target = root / "app" / "web" / "static" / "vendor" / "icons.svg"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(build(root), "utf-8")
    return target


def _folder(root: Path) -> Path:
    return root / "node_modules" / "bootstrap-icons" / "icons"


if __name__ == "__main__":
    print(write())
