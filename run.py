#!/usr/bin/env python3
"""The front door: `python run.py --help` shows what can be done."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in words before anything newer is imported
    sys.exit(
        "需要 Python 3.11 或更高版本，当前为 " + sys.version.split()[0] + "。请先运行 make setup。"
    )

try:
    from app.ops.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"缺少依赖 {error.name}。请先运行 make setup，再用 .venv/bin/python run.py 启动。")

if __name__ == "__main__":
    sys.exit(main())
