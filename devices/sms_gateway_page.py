"""The page on which an administrator reads what the SMS gateway simulator has sent."""

from html import escape
from string import Template
from typing import Any

from devices.sms_gateway_store import FAULTS, Store

STATES = {"delivered": ("已送达", "good"), "failed": ("未送达", "bad"), None: ("发送中", "wait")}

PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>短信网关模拟器</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{margin:0;background:#f4f6f9;color:#1d2737;font:14px/1.55 "Noto Sans CJK SC","Microsoft YaHei",sans-serif}
header{background:#15233b;color:#fff;padding:14px 28px;display:flex;gap:14px;align-items:baseline}
header b{font-size:17px}header span{color:#9fb0ca}
main{max-width:1100px;margin:20px auto;padding:0 20px}
section{background:#fff;border:1px solid #e3e8ef;border-radius:8px;margin-bottom:16px;overflow:hidden}
.bar{padding:12px 16px;display:flex;gap:10px;align-items:center;flex-wrap:wrap}
input,select,button{font:inherit;height:34px;box-sizing:border-box;border:1px solid #cfd7e3;border-radius:6px;
 padding:0 10px;background:#fff}button{background:#1b58b8;border-color:#1b58b8;color:#fff;cursor:pointer}
button.quiet{background:#fff;color:#1b58b8}form{display:inline-flex;gap:8px;align-items:center}
table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:9px 16px;border-top:1px solid #e3e8ef;
 vertical-align:top}th{color:#5b6b82;font-weight:500;background:#f8fafc}td.n{white-space:nowrap}
.tag{border-radius:4px;padding:2px 8px;font-size:13px;white-space:nowrap}
.good{background:#e4f4ea;color:#14703a}.bad{background:#fde8e6;color:#b3261e}
.wait{background:#eef2f7;color:#4a5a72}.twice{background:#fff1dc;color:#8a5200}
.key{color:#6b7a90;font-size:12px;word-break:break-all}.none{padding:36px;text-align:center;color:#5b6b82}
</style></head><body>
<header><b>短信网关模拟器</b><span>仅供测试，不会发出真实短信</span></header><main>
<section><div class="bar"><form method="get"><input name="q" value="$search" placeholder="号码或内容"
 aria-label="号码或内容"><button>查找</button></form>
<form method="post" action="/faults"><select name="fault" aria-label="故障">$options</select>
<input name="times" value="1" size="3" aria-label="次数"> 次 <button class="quiet">注入故障</button></form>
<form method="post" action="/clear"><button class="quiet">清空</button></form><span>$waiting</span></div></section>
<section>$table</section></main></body></html>
""")


def page(store: Store, search: str) -> str:
    """Return the page as HTML."""
    rows = store.messages(search)
    waiting = "、".join(f"{FAULTS[name]} × {left}" for name, left in store.faults().items() if left)
    return PAGE.substitute(
        search=escape(search, quote=True),
        options="".join(
            f'<option value="{name}">{title}</option>' for name, title in FAULTS.items()
        ),
        waiting=escape(f"待发生：{waiting}" if waiting else f"共 {len(rows)} 条"),
        table=_table(rows),
    )


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return '<p class="none">还没有短信</p>'
    keys = [row["key"] for row in rows]
    body = "".join(_row(row, keys.count(row["key"]) > 1) for row in rows)
    heads = "".join(f"<th>{title}</th>" for title in ("时间", "接收号码", "内容", "状态"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: dict[str, Any], twice: bool) -> str:
    title, look = STATES[row["state"]]
    mark = ' <span class="tag twice">重复</span>' if twice else ""
    at = row["at"][:19].replace("T", " ")
    return (
        f'<tr><td class="n">{at}</td><td class="n">{escape(row["receiver"])}</td>'
        f'<td>{escape(row["text"])}<div class="key">{escape(row["key"])}</div></td>'
        f'<td class="n"><span class="tag {look}">{title}</span>{mark}</td></tr>'
    )
