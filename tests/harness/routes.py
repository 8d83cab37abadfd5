"""Ways of a flow that a test declares, said shortly."""

from app.core.declare import Route


def ways(**targets: str | tuple[str, ...]) -> tuple[Route, ...]:
    """Return routes by where they begin: ways(desk="draft", board=("desk", "draft"))."""
    return tuple(
        Route(source=source, target=target)
        for source, told in targets.items()
        for target in ((told,) if isinstance(told, str) else told)
    )
