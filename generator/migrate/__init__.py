"""Migrations from metadata: the wanted schema is compared with the committed snapshot; no database is touched."""
