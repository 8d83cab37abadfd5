"""What compiled expressions call, in Python and in SQL."""
