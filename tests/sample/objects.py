"""The objects of the sample."""

from app.core import types
from app.core.declare import (
    Child,
    Draft,
    Field,
    Hold,
    Material,
    Object,
    Rule,
    Scope,
)
from tests.sample.formulas import (
    days,
    longest,
    my_club,
    not_online,
    online,
    order,
    people,
    remaining,
)
from tests.sample.models import (
    Club,
    Fair,
    FairPermit,
    Festival,
    Guest,
    Meeting,
    MeetingChange,
    Room,
    Stall,
)

OWNER = Field(
    name="club", title="俱乐部", type=types.Ref(object="club"), default=my_club, readonly=True
)
CLUB = Object(
    name="club",
    title="俱乐部",
    model=Club,
    subsystem="sample",
    scope=Scope(kind="org", path="id"),
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True, search=True),
        Field(name="district", title="区", type=types.Dict(of="area")),
    ),
)
ROOM = Object(
    name="room",
    title="场地",
    model=Room,
    subsystem="sample",
    scope=Scope(kind="everyone"),
    display="{name}",
    dated=True,
    unique=(("name",),),
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="seats", title="座位", type=types.Integer(min=1), required=True),
        Field(name="used", title="已用", type=types.Integer(), readonly=True),
        Field(name="remaining", title="剩余", type=types.Integer(), value=remaining),
    ),
)
GUEST = Object(
    name="guest",
    title="来宾",
    model=Guest,
    subsystem="sample",
    scope=Scope(kind="parent", path="parent"),
    parent="meeting",
    display="{name}",
    fields=(
        Field(name="name", title="姓名", type=types.String(length=100), required=True),
        Field(name="id_number", title="证件号", type=types.ResidentId(), mask=True),
    ),
)
MEETING = Object(
    name="meeting",
    title="活动",
    model=Meeting,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="meeting_approval",
    columns=("code", "name", "club", "room", "days", "state"),
    fields=(
        OWNER,
        Field(name="code", title="编号", type=types.Code(series="活〔{yyyy}〕{n:03}号")),
        Field(name="name", title="名称", type=types.String(length=100), required=True, search=True),
        Field(name="kind", title="类型", type=types.Dict(of="meeting_kind"), required=True),
        Field(
            name="room",
            title="场地",
            type=types.Ref(object="room"),
            required=True,
            when=not_online,
            depends=("kind",),
            choose=lambda cls, env: cls.remaining > 0,
        ),
        Field(name="first_day", title="开始", type=types.Date(), required=True),
        Field(name="last_day", title="结束", type=types.Date(), required=True),
        Field(name="days", title="天数", type=types.Integer(), value=days),
        Field(name="cost", title="费用", type=types.Money()),
        Field(name="people", title="人数", type=types.Integer(), value=people),
        Field(name="decided_on", title="批准日期", type=types.Date(), readonly=True),
    ),
    children=(Child(name="guests", title="来宾", object="guest", min=1, unique=("id_number",)),),
    materials=(
        Material(name="letter", title="申请书"),
        Material(name="plan", title="线上方案", when=online),
    ),
    rules=(
        Rule(name="order", check=order, at="last_day", error="结束不能早于开始"),
        Rule(
            name="longest",
            check=longest,
            at="days",
            policy="longest",
            error="共 {days} 天，超过规定",
        ),
    ),
    holds=(Hold(field="room", amount=people, start="submit", until=("rejected", "cancelled")),),
)
MEETING_CHANGE = Object(
    name="meeting_change",
    title="活动变更",
    model=MeetingChange,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{target}变更",
    flow="meeting_change",
    draft=Draft(field="after", target="target", fields=("name", "last_day", "guests")),
    fields=(
        OWNER,
        Field(name="target", title="活动", type=types.Ref(object="meeting"), required=True),
        Field(name="after", title="变更后", type=types.DraftOf()),
        Field(name="reason", title="理由", type=types.String(length=200), required=True),
    ),
)

FESTIVAL = Object(
    name="festival",
    title="节庆",
    model=Festival,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="festival_approval",
    fields=(
        OWNER,
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="kind", title="类型", type=types.Dict(of="meeting_kind"), required=True),
        Field(name="size", title="规模", type=types.Integer(min=1), required=True),
    ),
)

FAIR = Object(
    name="fair",
    title="集市",
    model=Fair,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="fair_approval",
    children=(Child(name="stalls", title="摊位", object="stall", min=1),),
    fields=(
        OWNER,
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="registry_no", title="登记号", type=types.String(length=40), readonly=True),
    ),
)
STALL = Object(
    name="stall",
    title="摊位",
    model=Stall,
    subsystem="sample",
    scope=Scope(kind="parent", path="parent"),
    parent="fair",
    display="{name}",
    fields=(
        Field(name="name", title="名称", type=types.String(length=100), required=True),
        Field(name="verdict", title="结论", type=types.Dict(of="verdict"), readonly=True),
    ),
)
PERMIT = Object(
    name="permit",
    title="许可",
    model=FairPermit,
    subsystem="sample",
    scope=Scope(kind="org", path="club_id"),
    display="{name}",
    flow="permit_approval",
    fields=(
        Field(name="club", title="俱乐部", type=types.Ref(object="club"), readonly=True),
        Field(name="fair", title="集市", type=types.Ref(object="fair"), readonly=True),
        Field(name="name", title="名称", type=types.String(length=100), readonly=True),
    ),
)
