"""Texts, numbers and paths of the command line, read without Pydantic: it takes 0.1 s to load."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

import typer
import typer.core
from typer._coercion import RuntimeParam

from ferry_cli.wording import t


def read_plainly() -> None:
    """Have Typer read by `_Plain` what it can, and load Pydantic for all else alone."""
    core: Any = typer.core
    build: Callable[[Any], RuntimeParam] = core.build_runtime_param
    if build.__module__ == __name__:
        return

    def build_plain(described: Any) -> RuntimeParam:
        if described.annotation in _READ:
            return _Plain(described.parameter_info, described.annotation)
        return build(described)

    core.build_runtime_param = build_plain


class _Plain(RuntimeParam):
    """Reads the value of a parameter, which Typer has asked for its number."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            found = _READ[self.annotation](value)
        except ValueError:
            told = t("{value} is no number").format(value=value)
            if self.annotation is int:
                told = t("{value} is no whole number").format(value=value)
            raise typer.BadParameter(told, ctx=ctx, param=param) from None
        least = self.parameter_info.min
        if least is not None and found < least:
            told = t("{value} is less than {least}").format(value=value, least=least)
            raise typer.BadParameter(told, ctx=ctx, param=param)
        return found


def _finite(text: Any) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _texts(values: Any) -> list[str]:
    return [str(value) for value in values]


_READ: dict[Any, Any] = {
    str: str, list[str]: _texts, bool: bool, Path: Path, int: int, float: _finite
}  # fmt: skip
