"""Dictionaries. Generated from metadata/dictionaries/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Dictionary, Entry

DICTIONARIES = (
    Dictionary(
        name="purpose",
        title="用途",
        entries=(
            Entry(code="meeting", title="会议", attributes={"public": True}),
            Entry(code="training", title="培训"),
        ),
        attributes=("public",),
    ),
    Dictionary(
        name="label",
        title="标签",
        entries=(
            Entry(code="good", title="合格"),
            Entry(code="unclear", title="不清楚"),
        ),
    ),
    Dictionary(
        name="change_kind",
        title="变更类别",
        entries=(
            Entry(code="amend", title="修改"),
            Entry(code="drop", title="取消"),
        ),
    ),
)
