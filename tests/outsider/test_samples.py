"""A record that luck does not find: its own tests say the line and how to give a sample, and no others fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

RULE = """\
object: seal_check
title: 封签核对
scope: everyone
fields:
  name: {type: string, length: 40, title: 名称, required: true}
  digits: {type: integer, title: 校验数, required: true, min: 0}
rules:
  - {name: even, check: digits * 13 == 128700, at: digits, error: 校验数不对}
functions:
  ZZ01: {title: 封签核对, module: collection, screen: catalog, roles: {museum_registrar: [view, add, edit]}}
"""


def tried(folder: Path) -> str:
    """Return what the tests of the lists say."""
    command = [sys.executable, "-m", "pytest", "tests/derived/test_functions.py"]
    told = ["-n", "0", "-q", "--no-header", "--project", str(folder), "-k", "complete or ZZ01"]
    done = subprocess.run([*command, *told], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.timeout(300)
def test_a_record_that_is_not_found_is_given_by_a_sample(tmp_path):
    shutil.copytree(Path(__file__).parent / "museum" / "metadata", tmp_path / "metadata")
    file = tmp_path / "metadata" / "museum" / "seal_check.yaml"
    file.write_text(RULE, encoding="utf-8")
    said = tried(tmp_path)
    assert "seal_check.yaml:8" in said, said[-3000:]
    assert "sample: {digits: 值}" in said
    assert "1 failed" in said, said[-3000:]  # its own, and no other
    file.write_text(file.read_text("utf-8") + "sample: {digits: 9900}\n", encoding="utf-8")
    said = tried(tmp_path)
    assert "failed" not in said, said[-3000:]
    assert "passed" in said, said[-3000:]
