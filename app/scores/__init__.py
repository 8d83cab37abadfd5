"""Scores: points for events, kept as entries that are never changed, only reversed."""
