"""The form of any record: what it shows, what it takes, what it keeps while somebody types."""
