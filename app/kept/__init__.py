"""Released versions of flows, one module each: cases that run on one finish on it.

Written by `python -m generator migrate`, never changed afterwards. A module may be deleted when no
installation has a case on that version any more.
"""
