"""The page of a case: the record to be read, its progress, and what may be done with it."""
