"""The reference of the language itself: every key of every kind of file, and every error code."""

from dataclasses import is_dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from generator import interfaces, kinds, loads, model, reports, scores, shared, vocabulary
from generator.chinese import chinese
from generator.codes import CODES, FAMILIES
from generator.manual.functions import NOTE
from generator.manual.words import TYPES, table
from generator.reader import slots

FOLDER = "docs/reference"
FILES = (
    ("业务对象 metadata/子系统/对象.yaml", model.Object),
    ("功能 metadata/子系统/functions.yaml（映射）", model.Function),
    ("项目 metadata/project.yaml", shared.Project),
    ("角色 metadata/roles.yaml（映射）", shared.Role),
    ("类型 metadata/types.yaml（映射）", shared.TypeAlias),
    ("字典 metadata/dictionaries/*.yaml（映射）", shared.Dictionary),
    ("政策 metadata/policies/*.yaml（映射）", shared.Policy),
    ("判定表 metadata/decisions/*.yaml（映射）", shared.Decision),
    ("函件 metadata/documents/*.yaml（映射）", shared.Document),
    ("统计 metadata/reports/*.yaml（映射）", reports.ReportModel),
    ("评分 metadata/scores/*.yaml（映射）", scores.Score),
    ("接口 metadata/interfaces/*.yaml（映射）", interfaces.Interface),
    ("数据迁移 metadata/migration/*.yaml（映射）", loads.Migration),
    ("模式的参数 metadata/patterns/*.yaml", shared.Parameter),
)


def render() -> dict[str, str]:
    """Return the pages by path."""
    return {f"{FOLDER}/language.md": _language(), f"{FOLDER}/errors.md": _errors()}


def _language() -> str:
    lines = [
        NOTE, "# 元数据语言", "",
        "每一节是一种文件或其中的一段；带 * 的键必须写。编辑器按 metadata/schema/ 中的 JSON Schema 补全和检查。", "",
    ]  # fmt: skip
    shown: set[type] = set()
    for heading, cls in FILES:
        lines += [f"## {heading}", ""]
        for part in [cls, *_parts(cls)]:
            if part not in shown:
                shown.add(part)
                lines += [f"### {part.__name__}", "", chinese(part.__doc__), ""]
                lines += table(
                    ("键", "含义"),
                    [
                        (f"`{s.key}`{' *' if s.need else ''}", chinese(s.help) + _values(s.hint))
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


def _values(hint: Any) -> str:
    """Return which words a key takes, where these are a few that the language knows."""
    words = [str(word) for word in _literals(hint)]
    return f"（{'、'.join(f'`{word}`' for word in words)}）" if words else ""


def _literals(hint: Any) -> list[Any]:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        return [word for part in get_args(hint) for word in _literals(part)]
    return []


def _words() -> list[str]:
    """Return the words that are no keys: functions, names, effects, screens, words of templates."""
    effects = [(f"`{written}`", said) for written, said in vocabulary.EFFECTS.values()]
    functions = [(f"`{written}`", said) for written, said in vocabulary.FUNCTIONS.values()]
    names = [(f"`{name}`", where, said) for name, (where, said) in vocabulary.NAMES.items()]
    screens = [
        (f"`{name}`", said, "、".join(f"`{word}`" for word in vocabulary.operations(name)))
        for name, said in vocabulary.SCREENS.items()
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
        "## 函件模板（.docx）中的词", "",
        "`bind` 的每个名字都可以写成 `{{ 名字 }}`，成行的写 `{% for item in items %}…{% endfor %}`；另有：", "",
        *table(("写法", "含义"), template),
        "绑定的值后面可以加：", "",
        *table(("写法", "含义"), filters),
    ]  # fmt: skip


def _parts(cls: type) -> list[type]:
    """Return the classes that the keys of a class hold, depth first."""
    found: list[type] = []
    for slot in slots(cls):
        for part in _classes(slot.hint):
            if part is not cls and part not in found:  # rows of an answer are values again
                found += [part, *(p for p in _parts(part) if p not in found)]
    return found


def _classes(hint: Any) -> list[type]:
    if isinstance(hint, type) and is_dataclass(hint) and slots(hint):
        return [hint]
    return [cls for argument in get_args(hint) for cls in _classes(argument)]


def _errors() -> str:
    lines = [NOTE, "# 错误代码", "", "`python -m generator explain 代码` 显示同样的说明。", ""]
    for family, title in FAMILIES.items():
        lines += [f"## {family} {chinese(title)}", ""]
        for code in CODES.values():
            if code.code.startswith(family):
                lines += [f"### {code.code} {chinese(code.title)}", "", chinese(code.text), ""]
    return "\n".join(lines).rstrip("\n") + "\n"
