"""What a step adds up is written as functions over a row of its side, and says what it is called."""

from generator.cli import main
from tests.generator.projects import make
from tests.generator.test_kept import kept, load

LISTS = {
    "file": "metadata/desk/booking.yaml",
    "old": "children:\n",
    "new": """children:
  costs:
    title: 费用
    object: cost
    fields:
      name: {type: string, length: 40, title: 姓名}
      amount: {type: money, title: 金额}
""",
}
COMPARE = {
    "file": "metadata/desk/booking.yaml",
    "old": "labels: label, skip: days <= 1}",
    "new": "labels: label, compare: {rows: costs, with: costs, key: {upper(name): name},"
    " sums: {amount: amount * 2}, level: error, error: '{topic}不符'}}",
}


def test_expressions_are_functions_and_fields_keep_their_titles(tmp_path, capsys):
    folder = make(tmp_path, [LISTS, COMPARE])
    assert main(["--root", str(folder), "build"]) == 0, capsys.readouterr().err
    written = (folder / "app/generated/desk/booking.py").read_text("utf-8")
    flat = " ".join(written.split())
    assert (
        'def own_key_at_check_of_booking(this, env): """upper(name)""" return ex.upper(this.name)'
        in flat
    )
    assert (
        'def other_sum_at_check_of_booking(this, env): """amount * 2""" return ex.mul(this.amount, 2)'
        in flat
    )
    assert (
        "here=own_key_at_check_of_booking, there=other_key_at_check_of_booking,"
        ' titles=("分组", "姓名"), paths=("", "name"),'
    ) in flat
    assert (
        "here=own_sum_at_check_of_booking, there=other_sum_at_check_of_booking,"
        ' titles=("金额", "计入"), paths=("amount", ""), scale=2,'
    ) in flat
    assert 'level="error", error="{topic}不符"' in flat


def test_a_released_version_keeps_what_it_adds_up(tmp_path):
    folder = make(tmp_path, [LISTS, COMPARE])
    flow = load(folder / next(path for path in kept(folder) if "approval" in path))
    compare = flow.step("check").compare
    assert [pair.there.__doc__ for pair in (*compare.key, *compare.sums)] == ["name", "amount * 2"]
