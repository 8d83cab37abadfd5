"""Scores. Generated from metadata/scores/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare.scores import Score

SCORES: tuple[Score, ...] = ()
