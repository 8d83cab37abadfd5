"""Documents. Generated from metadata/documents/; do not edit.

To change it, edit that file and run: python -m generator build
"""

from app.core.declare import Document
from app.core.expressions import expr as ex


def bind_approval_members(this, env):
    """What the template may name."""
    return {
        "name": ex.path(this, "person.name"),
        "sex": this.sex,
        "age": ex.age(this.birth, env.today),
        "unit": ex.path(this, "person.unit.name"),
        "post": this.post,
        "rank": this.rank,
    }


def bind_approval_stops(this, env):
    """What the template may name."""
    return {
        "country": ex.path(this, "country.short"),
        "city": ex.path(this, "city.name"),
        "days": this.days,
        "inviter": this.inviter,
    }


def bind_approval(this, env):
    """What the template may name."""
    return {
        "unit": ex.path(this, "unit.name"),
        "name": this.name,
        "countries": this.countries,
        "days": this.days,
        "headcount": this.headcount,
        "depart_on": this.depart_on,
        "return_on": this.return_on,
        "route": this.route,
        "task": this.task,
        "fund_source": this.fund_source,
        "plan": ex.path(this, "plan.name"),
        "leader": ex.path(this, "leader.name"),
        "application_no": this.code,
        "members": ex.rows(this, "members", bind_approval_members, env),
        "stops": ex.rows(this, "stops", bind_approval_stops, env),
        "addressee": ex.path(this, "unit.name"),
        "body": ex.concat(
            ex.concat(
                ex.concat(ex.concat("同意你单位派", ex.path(this, "leader.name")), "等人执行“"),
                this.name,
            ),
            "”任务，请严格按批准的人员、国家（地区）、天数和任务执行。",
        ),
        "validity": "本批件自签发之日起半年内有效。",
        "note": "停留天数包含离、抵我国国境当日。回国后请按规定交还证件并上报出访情况。",
    }


def bind_confirmation_members(this, env):
    """What the template may name."""
    return {
        "name": ex.path(this, "person.name"),
        "sex": this.sex,
        "birth": this.birth,
        "unit": ex.path(this, "person.unit.name"),
        "post": this.post,
        "rank": this.rank,
    }


def bind_confirmation(this, env):
    """What the template may name."""
    return {
        "unit": ex.path(this, "unit.name"),
        "name": this.name,
        "organiser": this.organiser,
        "countries": this.countries,
        "days": this.days,
        "headcount": this.headcount,
        "depart_on": this.depart_on,
        "return_on": this.return_on,
        "leader": ex.path(this, "leader.name"),
        "application_no": this.code,
        "members": ex.rows(this, "members", bind_confirmation_members, env),
        "addressee": ex.coalesce(this.organiser, ex.path(this, "unit.name")),
        "body": ex.concat(
            ex.concat(
                ex.concat(
                    ex.concat(
                        ex.concat("兹确认", ex.path(this, "unit.name")),
                        ex.path(this, "leader.name"),
                    ),
                    "等人参加“",
                ),
                this.name,
            ),
            "”，请协助办理有关手续。",
        ),
    }


def bind_prescreen_members(this, env):
    """What the template may name."""
    return {
        "name": ex.path(this, "person.name"),
        "sex": this.sex,
        "post": this.post,
        "rank": this.rank,
    }


def bind_prescreen(this, env):
    """What the template may name."""
    return {
        "unit": ex.path(this, "unit.name"),
        "name": this.name,
        "countries": this.countries,
        "headcount": this.headcount,
        "depart_on": this.depart_on,
        "return_on": this.return_on,
        "leader": ex.path(this, "leader.name"),
        "application_no": this.code,
        "members": ex.rows(this, "members", bind_prescreen_members, env),
        "body": ex.concat(
            ex.concat("你单位申报的“", this.name), "”材料已经预审，同意在审批期间同步办理护照。"
        ),
    }


DOCUMENTS = (
    Document(
        name="approval",
        title="任务批件",
        object="delegation",
        template="approval.docx",
        number="武外出任字〔{yyyy}〕{n:04}号",
        bind=bind_approval,
        seal="fao",
        edit=("addressee", "body", "validity", "note"),
        public=("number", "title", "state", "name", "headcount", "depart_on", "return_on"),
    ),
    Document(
        name="confirmation",
        title="任务确认件",
        object="delegation",
        template="confirmation.docx",
        number="武外出确字〔{yyyy}〕{n:04}号",
        bind=bind_confirmation,
        seal="fao",
        edit=("addressee", "body"),
        public=("number", "title", "state", "name", "headcount", "depart_on", "return_on"),
    ),
    Document(
        name="prescreen",
        title="预审件",
        object="delegation",
        template="prescreen.docx",
        number="武外出预字〔{yyyy}〕{n:04}号",
        bind=bind_prescreen,
        seal="fao",
        edit=("body",),
        public=("number", "title", "state", "name"),
    ),
)
