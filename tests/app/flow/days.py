"""Days that pass in random histories."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session
from app.flow.deadlines import reminders


class Days(RuleBasedStateMachine):
    """The clock stands still between the days; at the end of a history it is the machine's again."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        clock.set_clock(lambda: self.now)

    def teardown(self) -> None:
        """The clock goes on."""
        super().teardown()
        clock.set_clock(None)

    @rule(days=st.integers(0, 3))
    def pass_days(self, days: int) -> None:
        """Days pass, and the clock reminds: what was waited for in vain is somebody's."""
        self.now += timedelta(days=days)
        with acting_as(SYSTEM):
            reminders.run()
        session.remove()
