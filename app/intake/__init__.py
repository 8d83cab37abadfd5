"""Rows from elsewhere on their way into records: cleaned, mapped, judged, taken once."""
