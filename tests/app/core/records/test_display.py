"""What a path shows of a record: a mask holds wherever the field is reached from."""

from app.core.declare import registry
from app.core.records import display
from tests.app.conftest import World
from tests.sample.models import Guest, Meeting


def test_a_mask_holds_through_a_list(world: World) -> None:
    guests = [Guest(name="李华", id_number="420106199001014527")]
    meeting, obj = Meeting(name="读书会", guests=guests), registry.object("meeting")
    shown = display.text_of(obj, meeting, "guests.id_number", masked=True)
    assert shown == "420106********4527"
    assert "19900101" in display.text_of(obj, meeting, "guests.id_number")
