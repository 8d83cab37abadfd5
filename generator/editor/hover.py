"""What is said about the word under the cursor: what a key means, and everything about a name."""

from generator.editor.meaning import meaning
from generator.editor.project import Project
from generator.explain import explain
from generator.world import Linked

MOST = 60  # lines that are shown


def hover(project: Project, path: str, line: int, column: int) -> tuple[str, int, int] | None:
    """Return Markdown with the stretch of the line that it is about, None where there is nothing to say."""
    linked = project.linked
    if linked is None:
        return None
    found = meaning(linked, path, project.outline(path), line, column)
    if found is None:
        return None
    parts = [found.help] if found.help else []
    if found.named:
        said = about(linked, found.named.about, found.kind)
        if said:
            parts.insert(0, f"```text\n{said}\n```")
        elif found.named.title:
            parts.insert(0, f"**{found.named.name}**  {found.named.title}")
    return ("\n\n".join(parts), found.start, found.end) if parts else None


def about(linked: Linked, name: str, kind: str) -> str:
    """Return what `explain` says about a name of a kind; of what else is called so, nothing."""
    text = explain(linked, name) if name else None
    if text is None:
        return ""
    parts = text.strip().split("\n\n")
    parts = [part for part in parts if part.startswith(f"{kind} ")] or parts
    things = [part for part in parts if not part.startswith(("key ", "part "))] or parts
    lines = "\n\n".join(things).split("\n")
    return "\n".join([*lines[:MOST], *(["…"] if len(lines) > MOST else [])])
