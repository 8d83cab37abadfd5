"""Stored files and files that come from outside, read apart."""
