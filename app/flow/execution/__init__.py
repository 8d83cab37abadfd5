"""What moves cases: actions, routes, transitions, effects, reservations, waits."""
