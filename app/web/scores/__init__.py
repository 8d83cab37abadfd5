"""The screens of scores: standings, the entries of one record, corrections."""
