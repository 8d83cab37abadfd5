"""The canonical form, word for word: where keys stand, what is quoted, where comments go."""

import pytest
import yaml

from generator.canonical import Changed, _compare, canonical
from generator.problem import Problems

OBJECT = "metadata/desk/room.yaml"
FREE = "metadata/demo/rooms.yaml"  # the language says nothing of its keys


def form(text: str, path: str = FREE) -> str:
    problems = Problems()
    written = canonical(text, path, problems)
    assert written is not None, problems.items
    assert canonical(written, path, problems) == written
    return written


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("a:   1   \n\n\n", "a: 1\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("a:\n    b:\n        c: 1\n", "a:\n  b:\n    c: 1\n"),
        ("a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n"),
        ("a:\n-   b: 1\n    c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
        ("a:\n- - 1\n  - 2\n- []\n", "a:\n  - - 1\n    - 2\n  - []\n"),
        ("a: {b: 1,\n    c: [x,\n  y]}\n", "a: {b: 1, c: [x, y]}\n"),
        ("a:\n  {b: 1}\n", "a: {b: 1}\n"),
        ("{a: 1, b: 2}\n", "a: 1\nb: 2\n"),
        ("a: x\n  y\n", "a: x y\n"),
        ("a:\nb: ~\nc: {d: , e: null}\n", "a:\nb: ~\nc: {d: null, e: null}\n"),
        ("--- # why\na: 1\n", "# why\na: 1\n"),
    ],
)
def test_layout(written, wanted):
    assert form(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("'x'", "x"),
        ('"x"', "x"),
        ("'days > 1'", "days > 1"),
        ("'count(a, b)'", '"count(a, b)"'),  # within brackets a comma would end it
        ("kind == 'x'", "kind == 'x'"),
        ("'''x'' == kind'", "\"'x' == kind\""),
        ('"{name}"', '"{name}"'),
        ("'a: b'", '"a: b"'),
        ("'a:b'", "a:b"),
        ("'a #b'", '"a #b"'),
        ("'a#b'", "a#b"),
        ("'-x'", "-x"),
        ("'- x'", '"- x"'),
        ("'true'", '"true"'),
        ("true", "true"),
        ("'7'", '"7"'),
        ("7", "7"),
        ("'08'", '"08"'),
        ("08", "08"),
        ("'2026-11-26'", '"2026-11-26"'),
        ("'on'", '"on"'),
        ("'null'", '"null"'),
        ("''", '""'),
        ("'else'", '"else"'),  # without quotes it is the last way of an action
        ("' x'", '" x"'),
        (r'"a\nb"', r'"a\nb"'),
        (r'"\x07\u2028"', r'"\u0007\u2028"'),
        ("'[\\u4e00-\\u9fff]'", r'"[\\u4e00-\\u9fff]"'),
        ("'%x'", '"%x"'),
        ("'@x'", '"@x"'),
        ("'中文，标点：都行'", "中文，标点：都行"),
        ("|\n  x\n\n  y\n", "|\n  x\n\n  y"),
        (">-\n  x\n  y\n", "x y"),
        ("|-\n  x\n  y\n", "|-\n  x\n  y"),
    ],
)
def test_quotes_stand_only_where_they_are_needed(written, wanted):
    text = f"a: {written}\n"
    assert form(text) == f"a: {wanted}\n"
    assert yaml.safe_load(form(text)) == yaml.safe_load(text)


def test_keys_stand_as_the_language_declares_them_and_names_as_their_author_put_them():
    text = """\
fields:
  size: {title: 大小, type: integer}
  door: {required: true, title: 门, type: string}
title: 会议室
flow:
  steps:
    two: {end: done, title: 二}
    one: {title: 一, by: host, on_pass: [{when: size > 1, set: {b: 1, a: 2}}]}
  actions:
    pass: {to: {two: else}, from: [one], title: 通过}
  title: 流程
  name: way
object: room
"""
    assert (
        form(text, OBJECT)
        == """\
object: room
title: 会议室
fields:
  size: {type: integer, title: 大小}
  door: {type: string, title: 门, required: true}
flow:
  name: way
  title: 流程
  steps:
    two: {title: 二, end: done}
    one: {title: 一, by: host, on_pass: [{set: {b: 1, a: 2}, when: size > 1}]}
  actions:
    pass: {title: 通过, from: [one], to: {two: else}}
"""
    )


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("metadata/project.yaml", ["title", "short_title", "owner"]),
        (
            "metadata/patterns/way.yaml",
            ["pattern", "help", "parameters", "object", "title", "fields"],
        ),
        ("tests/examples/metadata/desk/room.yaml", ["object", "title", "fields"]),
    ],
)
def test_the_path_tells_which_keys_a_file_has(path, keys):
    text = "".join(f"{key}: x\n" for key in reversed(keys))
    assert list(yaml.safe_load(form(text, path))) == keys


def test_a_table_of_roles_keeps_its_names():
    text = "zeta: {face: office, title: 甲, reach: all}\nalpha: {title: 乙, face: portal, reach: unit}\n"
    assert form(text, "metadata/roles.yaml") == (
        "zeta: {title: 甲, reach: all, face: office}\nalpha: {title: 乙, reach: unit, face: portal}\n"
    )


def test_comments_go_with_what_they_belong_to():
    text = """\
# of the file

# of the title
title: 会议室   # behind the title
# of the fields
fields:
    # of the size
    size: {title: 大小, type: integer} # behind the size

    # of the door
    door: {type: string, title: 门}
    # below the door
object: room

# the end
"""
    assert (
        form(text, OBJECT)
        == """\
# of the file

# of the title
object: room
title: 会议室  # behind the title
# of the fields
fields:
  # of the size
  size: {type: integer, title: 大小}  # behind the size

  # of the door
  door: {type: string, title: 门}
  # below the door

# the end
"""
    )


def test_what_stands_in_brackets_with_a_comment_stands_on_lines_of_its_own():
    text = "a: {b: 1, # one\n  c: [x, # two\n  y], d: {e: 1}}\n"
    assert form(text) == "a:\n  b: 1  # one\n  c:\n    - x  # two\n    - y\n  d: {e: 1}\n"


def test_a_comment_behind_the_sign_of_a_long_text_is_kept():
    assert form("a: |  # why\n  x\n  # y\nb: 1\n") == "# why\na: |\n  x\n  # y\nb: 1\n"
    assert form("a:\n  - >- # why\n    x\n    y\n") == "a:\n  - x y  # why\n"


def test_a_comment_between_a_key_and_its_value_stays_with_the_key():
    text = "title:\n  # why\n\n  x\nobject: y\n"
    assert form(text, OBJECT) == "object: y\n# why\ntitle: x\n"


def test_a_hash_in_a_text_is_no_comment():
    assert form("a: 'x # y' # z\nb: \"#1\"\n") == 'a: "x # y"  # z\nb: "#1"\n'


@pytest.mark.parametrize(
    ("one", "other", "line"),
    [
        ("a: 1\n", 'a: "1"\n', 1),
        ("a: x\nb: true\n", 'a: x\nb: "true"\n', 2),
        ("a: else\n", 'a: "else"\n', 1),
        ("a: [1, 2]\n", "a: [2, 1]\n", 1),
        ("a: 1\nb: 2\n", "a: 1\n", 1),
        ("a: 1\nb: {c: 1}\n", "a: 1\nb: {d: 1}\n", 2),
        ("a: 1 # why\n", "a: 1\n", 1),
        ("a: | # why\n  x\n", "a: |\n  x\n", 1),
        ("a: 1\n", "a: {\n", 1),
    ],
)
def test_what_would_mean_something_else_is_refused(one, other, line):
    with pytest.raises(Changed) as refused:
        _compare(one, other, OBJECT)
    assert (refused.value.place.path, refused.value.place.line) == (OBJECT, line)


def test_the_order_of_keys_and_the_look_of_nothing_mean_nothing():
    _compare("a: 1\nb:\n", "b: null\na: 1\n", OBJECT)
