"""PP27, PP28, BM21, IF06, BM19D and the public check in the real product, over real HTTP requests."""

import re
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from app import settings, upgrade
from app.core import clock
from app.core.access.actor import SYSTEM, acting_as
from app.core.db.database import session, unit_of_work
from app.core.declare import registry
from app.core.jobs import outbox
from app.core.plugin import plugin
from app.documents import drafting, verification
from app.documents.models import DocumentEvent, IssuedDocument
from app.messaging import notify
from app.messaging.models import InboxMessage, SmsRecord
from app.security.models import Account
from tests.app.security.people import make_app, open_person, post, sign_in


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """The product with two units, an approved trip with its papers, and people."""
    patch = pytest.MonkeyPatch()
    var = tmp_path_factory.mktemp("var")
    patch.setenv("VAR", str(var))
    patch.setenv("SEAL_DIRECTORY", str(var / "seal"))
    patch.delenv("DATABASE_URL", raising=False)
    patch.setattr(registry, "_package", "app.generated.registry")
    upgrade.upgrade(settings.load())
    app = make_app()
    _fill(app)
    yield app
    session.remove()
    session.get_bind().dispose()
    patch.undo()


def _fill(app) -> None:
    from app.generated.base.unit import Unit
    from app.generated.outbound.delegation import Delegation, DelegationMember
    from app.generated.outbound.person import Person

    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        units = [Unit(name=name, state="filed") for name in ("东湖示例集团", "汉江示例学院")]
        session.add_all(units)
        session.flush()
        person = Person(unit_id=units[0].id, name="周明远", sex="1")
        session.add(person)
        session.flush()
        trip = Delegation(
            unit_id=units[0].id,
            code="武外出〔2026〕0001号",
            name="周明远等1人赴荷兰工作团组",
            leader_id=person.id,
            headcount=1,
            days=5,
            depart_on=date(2026, 12, 6),
            return_on=date(2026, 12, 10),
            state="approved",
        )
        trip.members = [DelegationMember(position=0, person_id=person.id, sex="1", post="部长")]
        session.add(trip)
        session.flush()
        for kind in ("approval", "confirmation", "prescreen"):
            drafting.issue(kind, trip)
        ids = [unit.id for unit in units]
    open_person(app, "clerk", "document_clerk", name="文静")
    open_person(app, "head", "fao_division_head", name="高山")
    open_person(app, "own", "liaison", name="黄晓梅", org_id=ids[0], phone="13900000001")
    open_person(app, "other", "liaison", name="孙立", org_id=ids[1])
    open_person(app, "admin", "system_admin", name="周管")
    with app.app_context(), acting_as(SYSTEM), unit_of_work():
        for account in session.scalars(select(Account)):
            account.must_change_password = False
        trip = session.scalars(select(Delegation)).one()
        notify("delegation.sent_back", trip, None, {"comment": "缺邀请函", "step": "材料预审"})
    session.remove()


@pytest.fixture
def browser(product):
    def enter(name):
        client = product.test_client()
        assert sign_in(client, name).status_code == 302
        return client

    return enter


def paper(kind: str) -> IssuedDocument:
    session.remove()
    with acting_as(SYSTEM):
        query = select(IssuedDocument).where(IssuedDocument.document == kind)
        return session.scalars(query.order_by(IssuedDocument.id.desc())).first()


@pytest.mark.functions("PP27", "PP28")
@pytest.mark.musts("PP27.1", "PP27.2", "PP28.1")
def test_a_paper_goes_from_the_clerk_to_its_unit_and_to_nobody_else(product, browser):
    clerk, own, other = browser("clerk"), browser("own"), browser("other")
    pk = paper("approval").id
    token = paper("approval").token
    assert own.get(f"/PP28/{pk}").status_code == 404, "nothing is handed out yet"
    assert "还没有可下载的函件" in own.get("/PP28/").text
    public = product.test_client()
    assert "查无此件" in public.get(f"/verify/{token}").text

    edit = clerk.get(f"/PP27/{pk}/edit")
    assert edit.status_code == 200
    assert "page/1.png" in edit.text
    answer = post(clerk, f"/PP27/{pk}/edit", page=f"/PP27/{pk}", revision="1", body="同意出访。<i>")
    assert answer.status_code == 303
    assert "同意出访。&lt;i&gt;" in clerk.get(f"/PP27/{pk}/edit").text
    for seen in ({"revision": "1"}, {}):
        for what in ("seal", "edit", "discard"):
            stale = post(clerk, f"/PP27/{pk}/{what}", page=f"/PP27/{pk}", **seen)
            assert stale.status_code == 409, (what, seen)
    post(clerk, f"/PP27/{pk}/seal", page=f"/PP27/{pk}", revision="2")
    assert paper("approval").state == "sealed"
    assert own.get(f"/PP28/{pk}").status_code == 404
    post(clerk, f"/PP27/{pk}/issue", page=f"/PP27/{pk}")

    number = paper("approval").number
    page = own.get(f"/PP28/{pk}").text
    assert number in page
    assert "作废…" not in page
    assert fetch(own, f"/PP28/{pk}/page/1.png").startswith(b"\x89PNG")
    signed(fetch(own, f"/PP28/{pk}/download"))
    assert post(own, f"/PP28/{pk}/print", page=f"/PP28/{pk}").status_code == 303
    for path in ("", "/pdf", "/download", "/page/1.png"):
        assert other.get(f"/PP28/{pk}{path}").status_code == 404, path
    done = [e.kind for e in _events(pk)]
    assert {"downloaded", "printed", "issued", "sealed"} <= set(done)
    with acting_as(SYSTEM):
        texts = session.scalars(select(InboxMessage.text)).all()
    assert any(number in text and "已发放" in text for text in texts)

    trail = page.partition("处理记录")[2].partition("</ul>")[0]
    assert "发放" in trail
    rest = own.get(f"/api/v1/issued_document/{pk}").json["events"]
    everything = {e.kind_title for e in _events(pk)}
    inside = {
        e.kind_title for e in _events(pk) if e.kind in ("created", "numbered", "edited", "sealed")
    }
    assert len(inside) == 4
    for words in inside:
        assert words not in trail, "the office's own acts are not the unit's to read"
        assert words not in {event["what"] for event in rest}
    assert {event["what"] for event in rest} >= {"发放"} | ({"下载", "打印"} & everything)
    assert all(words in clerk.get(f"/PP27/{pk}").text for words in inside)

    shown = public.get(f"/verify/{token}")
    assert "有效" in shown.text
    assert number in shown.text
    assert "同意出访" not in shown.text, "only public values are shown"
    long = post(clerk, f"/PP27/{pk}/void", page=f"/PP27/{pk}", reason="长" * 501)
    assert long.status_code == 422
    assert "作废原因不能超过 500 个字，现有 501 个" in long.text
    assert "有效" in public.get(f"/verify/{token}").text, "nothing was done, nothing cut"
    whole = "行程变更。\r\n" * 83 + "完"  # 500 letters as they are kept: a line end is one
    assert post(clerk, f"/PP27/{pk}/void", page=f"/PP27/{pk}", reason=whole).status_code == 303
    session.remove()
    with acting_as(SYSTEM):
        voided = session.scalars(select(DocumentEvent).order_by(DocumentEvent.id.desc())).first()
    assert "完" in (voided.detail or ""), voided.detail
    assert "已作废" in public.get(f"/verify/{token}").text
    assert "行程变更" in own.get(f"/PP28/{pk}").text
    assert fetch(own, f"/PP28/{pk}/download").startswith(b"%PDF")


def signed(pdf: bytes) -> None:
    """Check that a file carries a seal that proves it whole, and no longer does once it is changed."""
    assert pdf.startswith(b"%PDF")
    assert plugin("seal").check(pdf).valid
    middle = len(pdf) // 3
    other = pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
    assert not plugin("seal").check(other).valid


def fetch(client, path: str) -> bytes:
    """Return the content of a file that is sent."""
    with client.get(path) as answer:
        assert answer.status_code == 200
        return answer.data


def _events(pk: int) -> list[DocumentEvent]:
    session.remove()
    with acting_as(SYSTEM):
        query = select(DocumentEvent).where(DocumentEvent.document_id == pk)
        return list(session.scalars(query))


@pytest.mark.parametrize("what", ["seal", "issue", "void", "upload", "discard", "edit"])
@pytest.mark.functions("PP27")
def test_who_only_looks_cannot_change(browser, what):
    pk = paper("confirmation").id
    head, own = browser("head"), browser("own")
    assert post(head, f"/PP27/{pk}/{what}", page="/PP27/").status_code == 403
    assert post(own, f"/PP28/{pk}/{what}", page="/PP28/").status_code == 403
    assert paper("confirmation").state == "draft"


@pytest.mark.functions("PP27")
@pytest.mark.musts("PP27.1", "PP27.2")
def test_several_papers_are_sealed_each_on_its_own(browser):
    clerk = browser("clerk")
    first, second = paper("confirmation").id, paper("prescreen").id
    for pk in (first, second):
        seen = str(paper("confirmation" if pk == first else "prescreen").revision)
        answer = post(clerk, f"/PP27/{pk}/edit", page=f"/PP27/{pk}", revision=seen, body="请协助。")
        assert answer.status_code == 303
        assert "请协助。" in clerk.get(f"/PP27/{pk}/edit").text
    answer = post(
        clerk, "/PP27/bulk/seal", page="/PP27/", ids=f"{first},{second},{paper('approval').id}"
    )
    assert answer.status_code == 303
    said = clerk.get("/PP27/").text
    assert "已签章 2 份" in said
    assert "不能签章" in said
    assert paper("confirmation").state == paper("prescreen").state == "sealed"
    for pk in (first, second):
        signed(fetch(clerk, f"/PP27/{pk}/download"))


def test_the_public_page_is_limited(product):
    client = product.test_client()
    statuses = [
        client.get("/verify/nothing").status_code for _ in range(verification.PER_MINUTE + 1)
    ]
    assert statuses == [200] * verification.PER_MINUTE + [429]


def test_messages_are_counted_and_read(browser):
    own = browser("own")
    assert "任务退回" in own.get("/messages/").text
    session.remove()
    with acting_as(SYSTEM):
        row = session.scalars(select(InboxMessage).order_by(InboxMessage.id)).first()
    assert "缺邀请函" in own.get(f"/messages/{row.id}").text
    assert browser("other").get(f"/messages/{row.id}").status_code == 404
    post(own, "/messages/read", page="/messages/")
    assert "没有未读消息" in own.get("/messages/?state=new").text


def reword(admin, name, org="0", seen="", **typed):
    """Save a wording as its page sends it, or with what an earlier page had shown."""
    page = f"/BM21/{name}?unit={org}"
    seen = seen or seen_of(admin.get(page).text)
    form = {"org": org, "seen": seen, "sms": "on", "inbox": "on", **typed}
    return post(admin, f"/BM21/{name}/save", page=page, **form)


def seen_of(page):
    return re.search(r'name="seen" value="(\d+)"', page)[1]


@pytest.mark.functions("BM21")
def test_a_slip_on_the_way_does_not_hide_what_another_person_saved(browser):
    admin, name = browser("admin"), "delegation.sent_back"
    seen = seen_of(admin.get(f"/BM21/{name}").text)
    assert reword(admin, name, seen=seen, text="{团组名称}甲").status_code == 303
    slip = reword(admin, name, seen=seen, text="长" * 2001)
    assert slip.status_code == 422
    late = reword(admin, name, seen=seen_of(slip.text), text="{团组名称}乙")
    assert late.status_code == 409
    assert "刚被他人修改" in late.text and "当前内容：{团组名称}甲" in late.text
    assert "{团组名称}乙" in late.text, "what was typed is kept"
    assert post(admin, f"/BM21/{name}/save", page="/BM21/", text="x", sms="on").status_code == 409
    assert reword(admin, name, seen=seen_of(late.text), text="{团组名称}乙").status_code == 303


@pytest.mark.functions("BM21")
@pytest.mark.musts("BM21.3")
def test_wording_is_changed_with_help_and_taken_back(browser):
    admin = browser("admin")
    name = "delegation.sent_back"
    listed = admin.get("/BM21/").text
    for text in (listed, admin.get(f"/BM21/{name}").text):
        assert not re.search(r"\{[a-z_.]+\}", text), "variables read as their Chinese names"
    assert "退回（材料预审" in listed, "messages stand by the step that sends them"
    wrong = reword(admin, name, text="{团组名}退回")
    assert wrong.status_code == 422
    assert "没有变量 {团组名}，是否为 {团组名称}？" in wrong.text
    assert "{团组名}退回" in wrong.text, "what was typed is kept"
    seen = post(
        admin, f"/BM21/{name}/preview", page="/BM21/", text="{团组名称}被退回：{ 办理意见 }"
    )
    assert "〈团组名称〉被退回：第三页的日期" in seen.text
    assert "<del>" in seen.text
    reword(admin, name, text="{团组名称}请改")
    assert "{团组名称}请改" in admin.get("/BM21/").text
    post(admin, f"/BM21/{name}/add", page="/BM21/", unit="没有这个单位")
    assert "没有名为“没有这个单位”" in admin.get(f"/BM21/{name}").text
    post(admin, f"/BM21/{name}/add", page="/BM21/", unit="东湖示例集团")
    assert "1 个单位模板" in admin.get("/BM21/").text
    post(admin, f"/BM21/{name}/reset", page="/BM21/")
    assert "{团组名称}请改" not in admin.get("/BM21/").text
    assert browser("own").get("/BM21/").status_code == 403


@pytest.mark.functions("BM21")
@pytest.mark.musts("BM21.4")
def test_a_unit_gets_words_of_its_own_until_they_are_taken_away(product, browser):
    from app.generated.outbound.delegation import Delegation

    admin, name = browser("admin"), "delegation.rejected"

    def told() -> str:
        """Tell the unit that its trip was rejected; return what it reads."""
        session.remove()
        with acting_as(SYSTEM), unit_of_work():
            notify(name, session.scalars(select(Delegation)).first(), None, {"comment": "改期"})
        with acting_as(SYSTEM):
            query = select(InboxMessage.text).order_by(InboxMessage.id.desc())
            return session.scalars(query).first()

    general = told()
    assert "已退案" in general
    unknown = post(admin, f"/BM21/{name}/add", page="/BM21/", unit="没有这个单位")
    assert unknown.status_code == 303
    assert "没有名为“没有这个单位”" in admin.get(f"/BM21/{name}").text
    post(admin, f"/BM21/{name}/add", page="/BM21/", unit="东湖示例集团")
    assert told() == general, "the words are the general ones until they are changed"
    page = admin.get(f"/BM21/{name}").text
    org = re.search(r'unit=(\d+)"[^>]*>[^<]*东湖示例集团', page)[1]
    wrong = reword(admin, name, org, text="{团组名}不同意")
    assert wrong.status_code == 422
    assert told() == general
    assert reword(admin, name, org, text="贵单位：不同意").status_code == 303
    assert told() == "贵单位：不同意"
    assert "贵单位：不同意" in admin.get(f"/BM21/{name}?unit={org}").text
    assert "贵单位：不同意" not in admin.get(f"/BM21/{name}").text
    assert "任务退案" in admin.get("/BM21/?q=退案").text
    assert post(browser("own"), f"/BM21/{name}/delete", page="/me", org=org).status_code == 403
    post(admin, f"/BM21/{name}/delete", page="/BM21/", org=org)
    assert told() == general


@pytest.mark.functions("IF06", "BM19D")
def test_text_messages_and_the_outbox_are_shown_and_sent_again(browser):
    admin = browser("admin")
    session.remove()
    with acting_as(SYSTEM), unit_of_work():
        row = session.scalars(select(SmsRecord).where(SmsRecord.phone != "")).first()
        item = session.get(outbox.OutboxItem, row.outbox_id)
        item.state, item.error, row.state = "uncertain", "没有应答", "uncertain"
        sms_id, item_id = row.id, item.id
    assert "13900000001" in admin.get("/IF06/?state=uncertain").text
    assert "结果不明" in admin.get("/BM19D/?state=uncertain").text
    odd = f"?q={'a' * 2100}"
    sent = post(admin, f"/IF06/{sms_id}/resend", page="/IF06/", back=odd)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/IF06/{odd}"), "it is done"
    assert post(admin, f"/BM19D/{item_id}/resend", page="/BM19D/").status_code == 409
    session.remove()
    with acting_as(SYSTEM):
        assert session.get(outbox.OutboxItem, item_id).state == "pending"
    assert post(browser("own"), f"/IF06/{sms_id}/resend", page="/me").status_code == 403


@pytest.mark.functions("PP27")
def test_papers_wait_on_the_workbench_of_who_seals_them_and_of_nobody_else(product, browser):
    with product.app_context(), acting_as(SYSTEM):
        drafts = session.query(IssuedDocument).filter_by(state="draft").count()
        sealed = session.query(IssuedDocument).filter_by(state="sealed").count()
    if not drafts:  # the tests before sealed them all
        with product.app_context(), acting_as(SYSTEM), unit_of_work():
            from app.generated.outbound.delegation import Delegation

            drafting.issue("prescreen", session.scalars(select(Delegation)).first())
        drafts = 1
    clerk, head = browser("clerk"), browser("head")
    page = clerk.get("/").text
    assert f"批件发放 {drafts + sealed}" in page
    assert "待签章" in page
    assert "周明远等1人赴荷兰工作团组" in page
    assert "东湖示例集团" in page
    assert '<span class="count' in clerk.get("/PP27/").text
    assert "批件发放 " not in head.get("/").text  # looks at papers, seals none
    waiting = paper("prescreen").id
    assert "下一份待办" in clerk.get(f"/PP27/{waiting}").text or drafts + sealed == 1


def test_the_history_of_a_paper_reads_in_words(product, browser):
    open_person(product, "auditor", "auditor", name="审计")
    with product.app_context(), acting_as(SYSTEM), unit_of_work():
        person = session.scalars(select(Account).where(Account.name == "审计")).one()
        person.must_change_password = False
    pk, clerk = paper("approval").id, browser("clerk")
    if paper("approval").state == "draft":  # the first test does the same, where it runs before
        address = f"/PP27/{pk}"
        post(clerk, f"{address}/edit", page=address, revision="1", body="同意出访。<i>")
        post(clerk, f"{address}/seal", page=address, revision="2")
        post(clerk, f"{address}/void", page=address, reason="行程变更")
    page = browser("auditor").get(f"/BM19A/?object=issued_document&record={pk}").text
    assert "待签章" in page and "待发放" in page and "已作废" in page
    assert not re.search(r">\s*(draft|sealing|sealed|issued|void)\s*<", page)
    assert "<ins>同意出访。&lt;i&gt;</ins>" in page
    assert "行程变更" in page


def test_a_paper_leads_to_what_it_was_made_for_and_its_state_has_a_colour(browser):
    clerk = browser("clerk")
    page = clerk.get(f"/PP27/{paper('confirmation').id}").text
    link = re.search(r'<a href="(/open/delegation/\d+)">周明远等1人赴荷兰工作团组</a>', page)
    assert clerk.get(link[1]).location.startswith("/PP14/")
    assert re.search(
        r'<span class="tag (amber|blue|green|red)">[^<]*(待|已)', clerk.get("/PP27/").text
    )


@pytest.mark.functions("PP27")
def test_what_was_saved_is_what_is_fetched_while_the_worker_still_draws(product, browser):
    from app.generated.outbound.delegation import Delegation

    with product.app_context(), acting_as(SYSTEM), unit_of_work():
        pk = drafting.issue("approval", session.scalars(select(Delegation)).first()).id
    clerk, address = browser("clerk"), f"/PP27/{pk}"
    assert "page/1.png" in clerk.get(address).text
    post(clerk, f"{address}/edit", page=address, revision="1", body="请于七日内交回护照。")
    with acting_as(SYSTEM), unit_of_work():  # a worker has taken up what is to be drawn
        item = drafting.render_later(paper("approval"))
        item.state, item.owner, item.lease_until = "sending", "w", clock.now() + outbox.LEASE
        item_id = item.id

    page = clerk.get(f"{address}/edit").text
    assert "page/1.png" not in page, "pages of the text before are shown as those of the new one"
    assert "data-wait" in page
    word = Document(BytesIO(fetch(clerk, f"{address}/docx")))
    assert any("请于七日内交回护照" in line.text for line in word.paragraphs)
    assert "编号并签章" not in clerk.get(address).text, "sealed is what was seen"
    for path in ("pdf", "download", "page/1.png"):
        assert clerk.get(f"{address}/{path}").status_code == 404, path

    with acting_as(SYSTEM), unit_of_work():
        session.get(outbox.OutboxItem, item_id).state = "pending"
    assert "page/1.png" in clerk.get(f"{address}/edit").text
    post(clerk, f"{address}/void", page=address, reason="试验")
