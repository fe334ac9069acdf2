"""Messages in the user's language: English in the code, Chinese beside it."""

import os
from functools import cache
from pathlib import Path

from ferry_cli.world import World

_FILES = Path(__file__).parent / "translations"


def t(text: str) -> str:
    """Return a text of the command line in the language of the process's locale.

    Help texts are made before any command runs, so the language is the process's and not a call's.

    """
    return _translations(language()).get(text, text)


def language() -> str:
    """Return the language of messages: ``zh-CN`` or ``en``."""
    return World(environment=os.environ).language


@cache
def _translations(chosen: str) -> dict[str, str]:
    file = _FILES / f"{chosen}.toml"
    if not file.exists():
        return {}
    import tomllib

    found: dict[str, str] = tomllib.loads(file.read_text("utf-8"))
    return found
