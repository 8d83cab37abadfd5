"""The words of the language that are no keys: functions, effects, screens, names that every record has.

The reference shows them and `explain` knows them. Tests compare them with what the checks know.
"""

from generator.world import ACTIONS_OF_SCREEN, OF_CASES

Words = dict[str, tuple[str, str]]  # word: how it is written, what it means

FUNCTIONS: Words = {
    "age": ("age(birth), age(birth, on)", "周岁；不写第二个参数时到今天为止"),
    "all": ("all(items, worth > 0)", "子表每一行都满足条件；没有行时为真"),
    "any": ("any(items, worth > 0)", "子表有一行满足条件"),
    "birth_of": ("birth_of(id_no)", "居民身份证号中的出生日期"),
    "ceil": ("ceil(x)", "向上取整；金额取整到元，仍是金额"),
    "coalesce": ("coalesce(a, b)", "第一个不空的值"),
    "contains": ("contains(name, '市')", "文字中含有另一段文字"),
    "count": ("count(items), count(items, worth > 0)", "子表的行数，或满足条件的行数"),
    "day": ("day(date)", "日期中的日"),
    "days": ("days(to_on - from_on)", "两个日期相差的天数；首尾都算时再加 1"),
    "distinct": ("distinct(items.kind)", "不重复的值，常与 count、join 合用"),
    "endswith": ("endswith(code, '00')", "文字以另一段文字结尾"),
    "floor": ("floor(x)", "向下取整；金额取整到元，仍是金额"),
    "join": ("join(items.name, '、')", "用分隔符连成一段文字"),
    "len": ("len(name)", "文字的字数"),
    "lower": ("lower(code)", "小写"),
    "max": ("max(a, b), max(items.worth)", "最大的值"),
    "min": ("min(a, b), min(items.worth)", "最小的值"),
    "month": ("month(date)", "日期中的月"),
    "round": ("round(x), round(x, 2)", "四舍五入，第二个参数是小数位数；金额按元计"),
    "sex_of": ("sex_of(id_no)", "居民身份证号中的性别"),
    "startswith": ("startswith(code, 'A')", "文字以另一段文字开头"),
    "sum": ("sum(items.worth), sum(items, price * number)", "子表一列或每行一个算式的合计"),
    "today": ("today", "今天，按 project.yaml 的时区；不加括号"),
    "upper": ("upper(code)", "大写"),
    "workdays_before": ("workdays_before(from_on, 5)", "某日之前第几个工作日，按工作日历"),
    "workdays_between": ("workdays_between(from_on, to_on)", "两个日期之间的工作日数"),
    "year": ("year(date)", "日期中的年"),
}

EFFECTS: Words = {
    "notify": ("notify: MESSAGE", "发送本文件 messages 中的一条消息"),
    "issue": ("issue: DOCUMENT", "由本记录生成一份函件，待签章"),
    "set": (
        "set: {handed_on: today, 'paper.place': …, 'vouchers.counted': true}",
        "写本记录、其引用的记录或子表每一行的字段；值是表达式，写子表时读那一行，parent 是本记录",
    ),
    "apply": ("apply: after", "把 draft_of 字段中改过的内容写回原记录，旧版可查"),
    "drop": ("drop: target", "取消引用的那条已批准的记录"),
    "merge": ("merge: {materials: target, as: NAME}", "把本记录的材料并入引用的记录"),
    "rehold": ("rehold: target", "原记录变更后重新计算它占用的数量"),
    "start": (
        "start: {object: NAME, fields: {…}, entry: WAY, once: true, parent_ends: withdraw}",
        "办起另一个对象的一件；entry 写从它的哪个入口办起，once: true 时本件只办起一次，"
        "parent_ends: withdraw 时本件没有办成，那一件也随之取消（没有取消的结束时为退回）",
    ),
    "upsert": (
        "upsert: {object: NAME, key: [cause], fields: {…}}",
        "按 key 找到那一行就改，没有就加；add: false 时只改不加",
    ),
    "range": (
        "range: {object: NAME, number: FIELD, first: own, last: own, fields: {…}}",
        "按起止号码（本记录的两个字段）每个号码加一行，全加或全不加",
    ),
    "take": (
        "take: {object: NAME, as: own, where: CONDITION, order: FIELD, fields: {…}}",
        "取排在最前的空闲的一行，写上 fields，由本记录的引用字段指向它；两人不会取到同一行",
    ),
    "act": (
        "act: {on: items.applicant.parent, action: NAME, comment: EXPRESSION, on_refusal: skip}",
        "对别的记录的件办理一项操作：on 是通往记录的路径（经过子表时每一行），或写 object: NAME, where: CONDITION"
        "（form 是本记录）；同一事务，那边流程的条件照样检查，不另问权限；那边不能办时本操作也不办并说明原因，"
        "写了 on_refusal: skip 则略过并记入历史",
    ),
    "account": ("account: {do: join, role: ROLE, of: …}", "开通、加入、变更或关闭账户"),
    "void": ("void: document", "作废引用的函件"),
    "reissue": ("reissue: document", "作废引用的函件并重新生成"),
    "post": ("post: {due: sum(lines.amount)}", "往 ledger 的账目记一笔，记后不改"),
    "settle": (
        "settle: {by: PLUGIN, equals: {actual: sum(lines.actual)}}",
        "记插件算出的各笔，合计必须等于算式",
    ),
    "price": ("price: {by: PLUGIN, rows: lines, field: amount}", "由插件算出子表每行的金额"),
}

SCREENS: dict[str, str] = {
    "apply": "填报：自己的件，从草稿到提交；流程从这里开始",
    "review": "办理：steps 所列环节的待办，审看、改、通过、退回",
    "rework": "退回件：被退回到申请人的件",
    "query": "查询：表格、条件、图表、导出，不办理",
    "catalog": "登记簿：没有流程的对象，直接新增、修改、停用",
    "issued": "函件：写 object: issued_document，用 where: \"object == '对象'\" 限定是哪种记录的函件",
    "progress": "进度：各件走到哪里",
    "report": "统计：model 所指的 metadata/reports/ 模型",
    "explore": "多维分析：models 所列的模型，自选条件、行、列、指标和图形，保存、共享、导出",
    "written": "分析报告：model 所指模型的 docx，按模板生成 Word 和 PDF",
    "dashboard": "驾驶舱：model 所指模型的 dashboard；附 1920×1080 大屏",
    "score": "评分：model 所指的 metadata/scores/ 模型",
    "intake": "数据收件：model 所指的来源（metadata/migration/ 中写了 file 的映射）；先检查，再载入，可撤回",
    "scan": "扫码台：扫到号码即办 scan.do",
}

RUNTIME: dict[str, tuple[tuple[str, ...], str]] = {  # screen: what it can grant, what it is for
    "accounts": (
        ("view", "add", "edit", "close", "reset", "hand_over", "token", "export"),
        "账户：开通、关闭、重置密码、移交工作、访问令牌",
    ),
    "roles": (
        ("view", "add", "edit", "delete", "assign"),
        "角色：建立角色，勾选权限，把角色授给账户",
    ),
    "sign_ins": (("view", "unlock", "export"), "登录记录，解锁"),
    "changes": (("view", "verify", "export"), "数据变更记录，核对有没有被改动"),
    "dictionaries": (
        ("view", "add", "edit", "disable", "delete", "export"),
        "字典条目",
    ),
    "policies": (("view", "edit"), "政策和判定表的各个版本"),
    "workdays": (("view", "edit", "import"), "工作日历，时限按它计算"),
    "message_templates": (("view", "add", "edit", "delete"), "消息的用语"),
    "sms": (("view", "resend"), "短信记录"),
    "outbox": (("view", "resend"), "短信、函件、报文的发送队列，失败的重发"),
    "flows": (("view", "move", "reassign"), "流程图、各环节停着哪些件，迁移流程"),
    "exchange": (("view", "resend"), "接口日志：来往的报文，重发"),
    "provided": (("view", "fetch"), "对方按接口的 provide 取走的数据"),
    "migrations": (("view", "edit", "run"), "旧系统数据的迁移：待更正的行和原因"),
}

NAMES: Words = {
    "state": ("有流程的对象", "现在的环节；可作列、筛选、条件：state in ('out', 'returned')"),
    "entry": ("流程写了 entries 的对象", "从哪条路进来"),
    "parent": ("子表的行", "所属的记录；行里的 form 是这一行，form.parent 是整张表单"),
    "position": ("子表的行", "第几行"),
    "valid_from": ("写了 dated 的对象", "生效日期"),
    "disabled": ("写了 dated 的对象", "已停用"),
    "created_at": ("所有记录", "建立的时间；取日期写 created_at.date"),
    "updated_at": ("所有记录", "最后修改的时间"),
    "this": ("表达式", "这条记录自己，例如 upsert 的 fields 中"),
    "form": ("choose、blocks", "正在填的那条记录；其余名字是被选记录的字段"),
    "me": ("表达式", "当前用户：me.id、me.name、me.unit、me.district、me.roles"),
    "policy": ("表达式", "政策的现行值：policy.NAME(参数)，没有参数也写括号"),
    "decide": ("表达式", "判定表的结论：decide.NAME(参数)，按 takes 的次序"),
}

TEMPLATE: dict[str, str] = {
    "owner": "单位名称，即 project.yaml 的 owner",
    "qr": "查验真伪的二维码",
    "number": "文号的位置，签章时填写",
    "sealed_on": "落款日期的位置，签章时填写",
    "seal": "印章中心的位置；写了 seal: 的函件必须有",
    "sign": "签名的位置",
}

FILTERS: Words = {
    "money": ("worth|money", "金额；模板里的金额是分，不写这个就会印成分"),
    "title": ("packing|title('packing')", "字典条目的名称；括号里是字典，不写就印出代码"),
    "cn_date": ("from_on|cn_date", "日期写成 2026年12月6日；不写是 2026-12-06"),
    "paragraphs": ("body|paragraphs", "长文字按段分开，用 {% for line in body|paragraphs %}"),
}


def words() -> tuple[str, ...]:
    """Return all words."""
    return (*FUNCTIONS, *EFFECTS, *NAMES, *SCREENS, *RUNTIME, *TEMPLATE)


def operations(screen: str) -> tuple[str, ...]:
    """Return what a screen can grant besides the actions of a flow."""
    return (*ACTIONS_OF_SCREEN.get(screen, ()), *OF_CASES.get(screen, ()))


def explain(word: str) -> list[str]:
    """Return what is to be said about a word of the language, one text for each of its meanings."""
    found = []
    for kind, words in (("function", FUNCTIONS), ("effect", EFFECTS), ("name", NAMES)):
        if word in words:
            written, meaning = words[word]
            found.append(f"{kind} {word}  {meaning}\n  {written}\n")
    if word in SCREENS:
        can = ", ".join(operations(word))
        found.append(
            f"screen {word}  {SCREENS[word]}\n  can grant: {can}, and actions of the flow\n"
        )
    name = word.removeprefix("runtime.")
    if name in RUNTIME:
        grants, said = RUNTIME[name]
        found.append(f"screen runtime.{name}  {said}\n  can grant: {', '.join(grants)}\n")
    if word in TEMPLATE:
        found.append(f"template word {{{{ {word} }}}}  {TEMPLATE[word]}\n")
    return found
