"""A small product of these tests: a store of things that organisations register."""
