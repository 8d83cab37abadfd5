"""Every route that needs no grant, in one list; a test compares it with the map of URLs."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Door:
    """A route that is open to everybody, or to whoever has signed in."""

    rule: str  # as in the map of URLs
    to: Literal["public", "signed_in"]
    why: str
    tokens: bool = False  # whether a program with a token may pass too


DOORS = (
    Door("/static/<path:filename>", "public", "样式、脚本、图标"),
    Door("/sign-in", "public", "登录"),
    Door("/register", "public", "单位经办人注册"),
    Door("/register/code", "public", "注册验证码"),
    Door("/forgotten", "public", "凭短信验证码重设密码"),
    Door("/forgotten/code", "public", "重设密码验证码"),
    Door("/healthz", "public", "进程探测"),
    Door("/readyz", "public", "就绪探测"),
    Door("/metrics", "public", "监控指标，凭 METRICS_TOKEN 读取，否则如同不存在"),
    Door("/verify/<token>", "public", "函件二维码查验"),
    Door("/sign-out", "signed_in", "退出登录"),
    Door("/me", "signed_in", "本人账户"),
    Door("/me/password", "signed_in", "修改本人密码"),
    Door("/me/tokens", "signed_in", "本人的访问令牌"),
    Door("/me/sessions/<int:pk>/end", "signed_in", "结束本人的其他登录"),
    Door("/me/deputies", "signed_in", "委托本人的代理人"),
    Door("/me/deputies/<int:pk>/end", "signed_in", "结束本人的委托"),
    Door("/messages/", "signed_in", "本人的站内信"),
    Door("/messages/<int:pk>", "signed_in", "本人的一封站内信"),
    Door("/messages/read", "signed_in", "本人的站内信全部标为已读"),
    Door("/", "signed_in", "工作台"),
    Door("/open/<name>/<int:pk>", "signed_in", "转到本人可以查看该记录的功能"),
    Door("/api/v1/openapi.json", "signed_in", "接口说明", tokens=True),
    Door("/api/v1/dictionaries/<name>", "signed_in", "填写时可选的字典条目", tokens=True),
)

_BY_RULE = {door.rule: door for door in DOORS}


def door_of(rule: str) -> Door | None:
    """Return the door behind a rule, None if the route needs a grant."""
    return _BY_RULE.get(rule)
