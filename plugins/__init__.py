"""Plugins to the outside world; each may import `app.core.plugin` and nothing else of the product."""
