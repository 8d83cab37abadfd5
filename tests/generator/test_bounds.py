"""What the compiler takes for the bounds of a type is what the type of the runtime refuses."""

import pytest

from app.core import types
from generator import kinds


@pytest.mark.parametrize("name", sorted(kinds.NUMERIC))
def test_bounds_are_those_of_the_runtime(name):
    made = getattr(types, kinds.KINDS[name].cls)()
    assert (made.min, made.max) == kinds.IMPLIED.get(name, (None, None))
    resolved = kinds.Resolved(kinds.KINDS[name], ())
    (least, most), (low, high) = resolved.widest, resolved.bounds
    for inside in (least if low is None else low, most if high is None else high):
        made.parse(f"{inside:f}")
    for outside in ((least if low is None else low) - 1, (most if high is None else high) + 1):
        with pytest.raises(ValueError, match=r"不能|太大|请填写"):
            made.parse(f"{outside:f}")
