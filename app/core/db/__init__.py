"""The database: one session per request, one unit of work per write, views, and what searches it."""
