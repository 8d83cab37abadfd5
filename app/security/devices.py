"""What a browser says of itself, in words."""

import re

_SYSTEMS = (
    ("Windows NT 10", "Windows 10/11"),
    ("Windows NT 6.1", "Windows 7"),
    ("Windows", "Windows"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("UOS", "统信 UOS"),
    ("Kylin", "麒麟"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    (r"Edg/([\d]+)", "Edge"),
    (r"360SE|QIHU|360EE", "360 浏览器"),
    (r"QQBrowser/([\d]+)", "QQ 浏览器"),
    (r"MicroMessenger/([\d.]+)", "微信"),
    (r"Firefox/([\d]+)", "Firefox"),
    (r"(?:Headless)?Chrom(?:e|ium)/([\d]+)", "Chrome"),
    (r"Version/([\d]+).*Safari", "Safari"),
    (r"^([\w.-]+/[\d.]+)", ""),
)


def device(agent: str | None) -> str:
    """Return browser and system, such as Chrome 126 · Windows 10/11."""
    text = agent or ""
    system = next((words for mark, words in _SYSTEMS if mark in text), "")
    for pattern, name in _BROWSERS:
        match = re.search(pattern, text)
        if match:
            number = match[1] if match.re.groups and match[1] else ""
            browser = f"{name} {number}".strip()
            return f"{browser} · {system}" if system else browser
    return system or "未知设备"
