"""Each template is compiled once in a process of tests, though nearly every test makes an application of its own."""

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class Remembered(BytecodeCache):
    """Keeps compiled templates by name and text; jinja looks whether the text is still the same."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what it was compiled to before, if it was."""
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember what a template was compiled to."""
        self._known[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Remembered()}
