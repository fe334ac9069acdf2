"""Typer's own words in the user's language: those of help, and of wrong use.

Typer looks nothing up that could be set, so its English is found in what it writes.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from typer._click.formatting import HelpFormatter

from ferry_cli.wording import language, t

SAID = (
    "Show this message and exit.",
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.",
    "Try '{command}' for help.",
    "Error: {message}",
    "Invalid value for {name}: {message}",
    "Missing argument {name}.",
    "Missing option {name}.",
    "Missing command.",
    "No such command {name}. Did you mean {names}?",
    "No such command {name}.",
    "No such option: {name} (Possible options: {names})",
    "No such option: {name}",
    "Option {name} requires an argument.",
    "Option {name} does not take a value.",
    "Got unexpected extra argument(s) ({names})",
)
"""What Typer says, the longer of two that begin alike first."""

_USAGE = {"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]..."}
_HEADINGS = {"Arguments": "参数", "Options": "选项", "Commands": "命令"}
_MARKS = ((re.compile(r"\[required\]"), "[必填]"), (re.compile(r"\[default: "), "[默认："))
_PIECE = re.compile(
    r"[\u2e80-\u9fff\uff00-\uffef][，。；：、！？）”》]*+\s*+"  # a character with its punctuation
    r"|[^\s\u2e80-\u9fff\uff00-\uffef]++[，。；：、！？）”》]*+\s*+"  # a word of ours
    r"|\s++"
)


def speak(command: Any) -> None:
    """Have a command, and all below it, write their help in Chinese where that is the language."""
    if language() == "en":
        return

    class Context(command.context_class):  # type: ignore[misc]  # Typer's own, of each command
        formatter_class = _Formatter

    command.context_class = Context
    for each in getattr(command, "commands", {}).values():
        speak(each)


def spoken(text: str) -> str:
    """Return lines of Typer's in the user's language; those that it did not write stay."""
    return "".join(_spoken(line) for line in text.splitlines(keepends=True))


def _spoken(line: str) -> str:
    text = line.rstrip("\n")
    for said in SAID:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(said))
        if found := re.fullmatch(pattern, text):
            parts = {name: _spoken(part) for name, part in found.groupdict().items()}
            return t(said).format(**parts) + line[len(text) :]
    return line


def _shown(text: str) -> str:
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return text


class _Formatter(HelpFormatter):
    """Writes help in Chinese; a Chinese character is as wide as two letters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        words = (_USAGE.get(word, word) for word in args.split())
        super().write_usage(prog, " ".join(words), prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for paragraph in text.split("\n\n"):
            mark, _, lines = paragraph.partition("\n")
            shown = lines.splitlines() if mark.strip() == "\b" else self._wrapped(paragraph)
            self.write("".join(f"{indent}{line}\n" for line in shown))

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write names with what is said of each beside it."""
        rows = list(rows)
        first = min(max(_width(name) for name, _ in rows), col_max) + col_spacing
        left = " " * self.current_indent
        for name, text in rows:
            lines = list(self._wrapped(_spoken(_shown(text)), first)) or [""]
            gap = " " * (first - _width(name))
            self.write(f"{left}{name}{gap or chr(10) + left + ' ' * first}{lines[0]}\n")
            self.write("".join(f"{left}{' ' * first}{line}\n" for line in lines[1:]))

    def _wrapped(self, text: str, beside: int = 0) -> Iterator[str]:
        whole = max(self.width - self.current_indent - beside, 10)
        line = ""
        for piece in _PIECE.findall(text):
            if line and _width(line) + _width(piece.rstrip()) > whole:
                yield line.rstrip()
                line = ""
            line += piece
        if line.strip():
            yield line.rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
