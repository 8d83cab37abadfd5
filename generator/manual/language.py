"""The reference of the language itself: every key of every kind of file, and every error code."""

from itertools import groupby
from operator import itemgetter

from generator import keys, kinds, vocabulary
from generator.chinese import chinese
from generator.codes import CODES, FAMILIES
from generator.manual.functions import NOTE
from generator.manual.words import TYPES, table
from generator.reader import slots

FOLDER = "docs/reference"


def render() -> dict[str, str]:
    """Return the pages by path."""
    return {f"{FOLDER}/language.md": _language(), f"{FOLDER}/errors.md": _errors()}


def _language() -> str:
    lines = [
        NOTE, "# 元数据语言", "",
        "每一节是一种文件或其中的一段；带 * 的键必须写。编辑器按 metadata/schema/ 中的 JSON Schema 补全和检查。",
        "“写法”一栏：`[甲, …]` 是列表（只有一项时可以不写括号），`{名称: 甲}` 是自己起名的若干项，甲是本页的另一节；"
        "“表达式”见[表达式](#表达式)，“词”是别处声明的名称、路径，或含义中列出的词。"
        "`generator explain 键` 显示同样的内容。", "",
    ]  # fmt: skip
    told = {heading: list(parts) for heading, parts in groupby(keys.parts(), itemgetter(0))}
    for heading, cls in keys.FILES:
        lines += [f"## {heading}", ""]
        if heading not in told:
            lines += [f"每一项同上文的 [{cls.__name__}](#{cls.__name__.lower()})。", ""]
        for _, part in told.get(heading, ()):
            lines += [f"### {part.__name__}", "", chinese(part.__doc__), ""]
            lines += table(
                ("键", "写法", "含义"),
                [
                    (f"`{s.key}`{' *' if s.need else ''}", keys.shape(s), chinese(s.help))
                    for s in slots(part)
                ],
            )
    lines += ["## 字段类型", ""]
    rows = [
        (f"`{k.name}`", TYPES.get(k.name, ""), "、".join(f"`{key}`" for key in k.keys))
        for k in kinds.KINDS.values()
    ]
    lines += table(("类型", "含义", "可用的键"), rows)
    lines += _words()
    return "\n".join(lines).rstrip("\n") + "\n"


def _words() -> list[str]:
    """Return the words that are no keys: functions, names, effects, screens, words of templates."""
    effects = [(f"`{written}`", said) for written, said in vocabulary.EFFECTS.values()]
    functions = [(f"`{written}`", said) for written, said in vocabulary.FUNCTIONS.values()]
    names = [(f"`{name}`", where, said) for name, (where, said) in vocabulary.NAMES.items()]
    screens = [
        (f"`{name}`", said, "、".join(f"`{word}`" for word in vocabulary.operations(name)))
        for name, said in vocabulary.SCREENS.items()
    ]
    runtime = [
        (f"`runtime.{name}`", said, "、".join(f"`{word}`" for word in can))
        for name, (can, said) in vocabulary.RUNTIME.items()
    ]
    filters = [(f"`{{{{ {written} }}}}`", said) for written, said in vocabulary.FILTERS.values()]
    template = [(f"`{{{{ {name} }}}}`", said) for name, said in vocabulary.TEMPLATE.items()]
    return [
        "## 表达式", "",
        "Python 的一个子集：字段名、沿引用的路径（`exhibit.kind`）、文字 `'…'`、数、比较、`and` `or` `not` `in`、"
        "`is empty` `is not empty`、四则运算、`甲 if 条件 else 乙`。金额以元写，日期相减得天数。"
        "名字和类型在生成时检查。", "",
        "### 函数", "", *table(("写法", "含义"), functions),
        "### 不必声明的名字", "", *table(("名字", "哪里有", "含义"), names),
        "## 操作和环节的效果（do、on_pass）", "",
        "每个效果都可以带 `when: 条件`。set、start、upsert 还可以带 `each: 子表`：对每一行各做一次，"
        "`when` 和各值读的是那一行，`parent` 是本记录，"
        "例如 `{set: {paper.slot: slot}, each: lines, when: slot is not empty}`。", "",
        *table(("写法", "含义"), effects),
        "## 页面（screen）", "",
        "授权可以写下列操作，以及流程在所列环节提供的办理操作。", "",
        *table(("页面", "做什么", "可授的操作"), screens),
        "管理员和接口的页面不属于某个对象，写在子系统的 functions.yaml 里；授哪些操作由 roles 说：", "",
        *table(("页面", "做什么", "可授的操作"), runtime),
        "## 函件模板（.docx）中的词", "",
        "`bind` 的每个名字都可以写成 `{{ 名字 }}`，成行的写 `{% for item in items %}…{% endfor %}`；另有：", "",
        *table(("写法", "含义"), template),
        "绑定的值后面可以加：", "",
        *table(("写法", "含义"), filters),
    ]  # fmt: skip


def _errors() -> str:
    lines = [NOTE, "# 错误代码", "", "`python -m generator explain 代码` 显示同样的说明。", ""]
    for family, title in FAMILIES.items():
        lines += [f"## {family} {chinese(title)}", ""]
        for code in CODES.values():
            if code.code.startswith(family):
                lines += [f"### {code.code} {chinese(code.title)}", "", chinese(code.text), ""]
    return "\n".join(lines).rstrip("\n") + "\n"
