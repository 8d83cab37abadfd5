"""函件. Generated from metadata/runtime/issued_document.yaml; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core import types
from app.core.declare import Applicant, Field, Message, Object, Scope
from app.documents.models import IssuedDocument

ISSUED_DOCUMENT = Object(
    name="issued_document",
    title="函件",
    model=IssuedDocument,
    subsystem="",
    scope=Scope(kind="org", path="unit_id"),
    fields=(
        Field(name="document", title="函件种类", type=types.Dict(of="document_kind")),
        Field(name="object", title="业务对象", type=types.String(length=63)),
        Field(name="record_id", title="业务记录", type=types.Integer()),
        Field(name="number", title="文号", type=types.String(length=60), search=True),
        Field(name="title", title="名称", type=types.String(length=100), search=True),
        Field(name="subject", title="事项", type=types.String(length=300), search=True),
        Field(name="unit", title="申报单位", type=types.Ref(object="unit")),
        Field(name="state", title="状态", type=types.Dict(of="document_state")),
        Field(name="created_at", title="生成时间", type=types.DateTime()),
        Field(name="sealed_at", title="签章时间", type=types.DateTime()),
        Field(name="issued_at", title="发放时间", type=types.DateTime()),
        Field(name="void_reason", title="作废原因", type=types.String(length=500)),
    ),
    display="{title} {number}",
    order=("-id",),
    columns=("number", "title", "subject", "unit", "state", "sealed_at"),
)


ISSUED = Message(
    name="issued_document.issued",
    title="函件发放",
    object="issued_document",
    text="贵单位的{title}（{number}，{subject}）已发放，请登录系统下载打印。",
    variables=("title", "number", "subject"),
    to=(Applicant(),),
)


VOIDED = Message(
    name="issued_document.voided",
    title="函件作废",
    object="issued_document",
    text="贵单位的{title}（{number}，{subject}）已作废，不得再使用。原因：{void_reason}",
    variables=("title", "number", "subject", "void_reason"),
    to=(Applicant(),),
)
