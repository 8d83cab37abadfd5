"""The workbench: what waits for a person."""
