"""What must be refused, and why: a test that only asks whether can pass for another reason."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.core.errors import UserError


@contextmanager
def refused(kind: type[UserError], words: str) -> Iterator[None]:
    """Run a block that must be refused in this way, with these words on top or beside a field."""
    with pytest.raises(kind) as found:
        yield
    said = f"{found.value.message}；{found.value.words}"
    assert words in said, said
