"""What a step will do besides moving the case, in words: said before it is done."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.core.declare import Applicant, Effect, registry
from app.core.expressions.env import Env, make_env


def of(effects: Sequence[Effect], record: Any) -> list[str]:
    """Return what the effects whose conditions hold will do, each once; what nobody sees is left out."""
    env = make_env()
    found = [_words(effect) for effect in effects if _holds(effect, record, env)]
    return [text for text in dict.fromkeys(found) if text]


def _holds(effect: Effect, record: Any, env: Env) -> bool:
    """Tell whether an effect will do something: of one for each row, for one of them."""
    if effect.when is None:
        return not effect.each or bool(getattr(record, effect.each))
    inner = replace(env, parent=record) if effect.each else env
    targets = getattr(record, effect.each) if effect.each else [record]
    return any(effect.when(one, inner) for one in targets)


def _words(effect: Effect) -> str:
    known = registry.registry()
    match effect.kind:
        case "issue":
            return f"出具{known.documents[effect.params['document']].title}"
        case "void":
            return "作废原函件"
        case "reissue":
            return "作废原函件、重新出具"
        case "apply":
            return "把变更写入原记录"
        case "drop":
            return "注销原记录"
        case "merge":
            return "把材料并入原记录"
        case "start":
            return f"生成{registry.object(effect.params['object']).title}"
        case "account":
            return {"close": "关闭账户", "update": "更新账户"}.get(
                effect.params.get("do", ""), "开通账户"
            )
        case "notify":
            message = known.messages[effect.params["message"]]
            return "通知申请单位" if any(isinstance(who, Applicant) for who in message.to) else ""
    return ""
