"""What Typer itself says, of help and of wrong use, in the user's language."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.declared import ROOT
from tests.unit.cli.terminal import Terminal

GOLDEN = Path(__file__).parent / "golden"
MISUSES = {
    "ferry expert goods": "错误：没有命令 'expert'。是否想输入 'export'？\n",
    "ferry zzz": "错误：没有命令 'zzz'。\n",
    "ferry export": "错误：缺少参数 'TABLE'。\n",
    "ferry export a b": "错误：多余的参数：b\n",
    "ferry export a --zzz": "错误：没有选项 --zzz\n",
    "ferry export a --orde": "错误：没有选项 --orde（可用的相近选项：--order, --rate）\n",
    "ferry export a --order": "错误：选项 '--order' 需要一个值。\n",
    "ferry export a --json=1": "错误：选项 '--json' 不接受值。\n",
    "ferry export a --rate x": "错误：'--rate' 的值无效：x 不是整数\n",
    "ferry export a --budget nan": "错误：'--budget' 的值无效：nan 不是数字\n",
    "ferry jobs list --limit 0": "错误：'--limit' 的值无效：0 小于 1\n",
    "ferry config plan x": "错误：缺少选项 '--engine'。\n",
    "ferry --as me": "错误：缺少命令。\n",
}


@pytest.mark.parametrize("line", MISUSES)
def test_wrong_use_is_told_in_chinese(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FERRY_LANGUAGE", "zh-CN")

    printed = Terminal(tmp_path, None).run(line)

    assert (printed.code, printed.out) == (64, "")
    assert printed.err.endswith(MISUSES[line])
    if "用法" in printed.err:
        assert printed.err.startswith("用法：ferry ")
        assert "\n运行 'ferry" not in printed.err
        assert " --help 查看帮助。\n" in printed.err


def test_wrong_use_is_told_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FERRY_LANGUAGE", "en")
    err = Terminal(tmp_path, None).run("ferry export a --rate x").err

    assert err.startswith("Usage: ferry export ")
    assert err.endswith("Error: Invalid value for '--rate': x is no whole number\n")


@pytest.mark.parametrize("command", ["", "config apply"])
def test_help_is_chinese_and_no_wider_than_the_terminal(command: str):
    environment = os.environ | {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "COLUMNS": "80"}

    ran = subprocess.run(
        [sys.executable, "-m", "ferry_cli", *command.split(), "--help"],
        cwd=ROOT / "cli",
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    kept = GOLDEN / f"zh-{command.replace(' ', '-') or 'ferry'}.txt"
    assert ran.stdout == kept.read_text("utf-8"), f"if it is right now, keep it in {kept}"
