"""Reference data: dictionaries, policies, decision tables, the calendar."""
