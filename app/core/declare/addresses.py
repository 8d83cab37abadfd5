"""Addresses within a YAML text: the keys that lead to a node, "functions/A1/roles/host".

The compiler writes them and the runtime finds their lines, so both read a text alike.
"""

from collections.abc import Iterator

import yaml

VALUE = "="  # ends the address of a value, which may begin on another line than its key


def addresses(text: str) -> Iterator[tuple[str, yaml.Mark]]:
    """Yield every key and value of a YAML text with where it begins; what contains others comes before them."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return
    if node is not None:
        yield from _below(node, "")


def _below(node: yaml.Node, address: str) -> Iterator[tuple[str, yaml.Mark]]:
    yield f"{address}{VALUE}", node.start_mark
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{address}/{key.value}" if address else str(key.value)
            yield inner, key.start_mark
            yield from _below(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _below(value, f"{address}/{number}")
