"""What the clock does with cases and records: limits, reminders, escalations, warnings."""
