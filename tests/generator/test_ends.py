"""An end that only another case brings about is no step that nothing leads to."""

import pytest

from tests.generator.projects import compiled

THING = """object: thing
title: 物品
scope: everyone
display: "{name}"
fields:
  name: {type: string, title: 名称, required: true}
flow:
  name: thing_flow
  title: 物品办理
  steps:
    draft: {title: 填写, by: host, edit: all}
    done: {title: 办结, end: done}
    gone: {title: 已取消, end: cancelled}
  actions:
    submit: {title: 提交, from: draft, to: done}
functions:
  DK30: {title: 物品办理, module: booking, screen: apply, roles: {host: [view, add, edit, submit]}}
"""


@pytest.mark.parametrize(("ends", "codes"), [("", ["E202"]), (", parent_ends: withdraw", [])])
def test_a_case_that_ends_with_the_one_that_started_it(tmp_path, ends, codes):
    start = f"do: [start: {{object: thing, fields: {{name: topic}}{ends}}}]"
    found = compiled(
        tmp_path,
        {"file": "metadata/desk/thing.yaml", "text": THING},
        {
            "file": "metadata/desk/booking.yaml",
            "old": "kind: pass, from: decide, to: booked, do: [notify: booked]",
            "new": f"kind: pass, from: decide, to: booked, {start}",
        },
    )
    assert [one.code for one in found.problems if one.code == "E202"] == codes, found.report
