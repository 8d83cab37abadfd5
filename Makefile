# The two commands: `make run` serves the product with demonstration data, `make test` runs everything.
# Both prepare what they need; PORT=9000 make run serves elsewhere; ARGS goes to pytest.

SHELL := /bin/bash
PY := .venv/bin/python
PORT ?= 8080
ARGS ?=
export PORT

.PHONY: help setup run test quick check lint format types generate bench soak demo lock bundle clean

help:  ## 显示本帮助
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup:  ## 准备运行环境（可重复执行，第二次只核对）
	@scripts/setup

run: setup  ## 启动演示系统，默认 http://127.0.0.1:8080（PORT=端口 可改）
	@exec $(PY) run.py serve --demonstration

test: setup  ## 运行全部检查与测试（ARGS="路径 -k 名称" 只跑一部分）
	@$(MAKE) --no-print-directory check
	@$(PY) -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)
	@$(PY) -m generator coverage

quick:  ## 只跑与 main 相比改动所及的测试（一分多钟；BASE=分支 可改）
	@$(PY) scripts/quick $(ARGS)

check: setup lint types  ## 代码规范、类型、元数据检查
	@scripts/check-metadata

lint:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types:
	@scripts/types

format: setup  ## 统一代码格式
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

generate: setup  ## 由 metadata/ 重新生成 app/generated/
	@$(PY) -m generator build
	@$(PY) -m generator coverage --table docs/traceability.md >/dev/null

demo: setup  ## 清空演示数据并重新载入
	@$(PY) run.py demo --reset

bench: setup  ## 性能测量，结果写入 docs/benchmarks.md（ARGS="pages steps" 只测一部分）
	@$(PY) -m tests.bench $(ARGS)

soak: setup  ## 长时间随机测试（与平时同样的测试，次数更多）
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -q $(ARGS)

lock: setup  ## 依 requirements*.txt 更新 requirements.lock 与 package-lock.json
	@scripts/lock

bundle: setup  ## 制作离线安装包 var/bundle/*.tar.gz
	@scripts/bundle

clean:  ## 删除运行环境与缓存（var/ 中的数据保留）
	@rm -rf .venv node_modules app/web/static/vendor .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
