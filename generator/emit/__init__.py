"""Writes generated modules as text; pure, one function per kind of module."""
