"""The history of every field, its verification, and the names and meanings it was written under."""
