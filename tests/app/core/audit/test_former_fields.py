"""A field keeps its name in old entries unless a step of its own renamed it."""

from app.core.audit import former_fields
from app.core.declare import registry
from tests.app.conftest import World


def test_what_no_step_renamed_keeps_its_name(world: World) -> None:
    with world.acting("anna"):
        for obj in registry.registry().objects.values():
            for name in (*(field.name for field in obj.fields), "resident_id"):
                assert former_fields.then(obj.name, name, 1).name == name, f"{obj.name}.{name}"
