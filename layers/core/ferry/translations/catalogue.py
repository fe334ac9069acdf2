"""The catalogue of a language: English texts with what stands for them there. Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import msgspec

from ferry.translations.languages import Language

_START = 6
"""Characters of a text by which its templates are looked up."""


def translated(text: str, language: Language) -> str:
    """Translate `text`, an English text of Ferry's, into that language.

    What was filled in is translated too where the catalogue has it. A text that the catalogue does
    not have is returned as it is.

    >>> translated("must be true or false; it is 7", "zh-CN")
    '必须是 true 或 false；现在是 7'
    """
    if language == "en":
        return text
    for template in _candidates(_catalogue(language), text):
        values = template.match(text)
        if values is not None:
            told = {name: translated(value, language) for name, value in values.items()}
            return template.translation.format_map(told)
    return text


class _Template(msgspec.Struct, frozen=True):
    """An English text with places to be filled in, and its translation.

    Attributes:
        literals: what stands before, between and behind the places.
        names: of the places, in order.

    """

    literals: tuple[str, ...]
    names: tuple[str, ...]
    translation: str

    def match(self, text: str) -> dict[str, str] | None:
        """Return the values in a `text` that was made of this template; None for any other text.

        Each literal is taken where it stands first, so the time is linear in the text.
        """
        first, *middle = self.literals
        if not self.names:
            return {} if text == first else None
        *middle, last = middle
        if not text.startswith(first) or not text.endswith(last):
            return None
        at, end = len(first), len(text) - len(last)
        values = []
        for literal in middle:
            found = text.find(literal, at, end)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(literal)
        if at > end:
            return None
        return dict(zip(self.names, [*values, text[at:end]], strict=True))


def _template(english: str, translation: str) -> _Template:
    literals, names = [""], []
    for literal, name, _, _ in Formatter().parse(english):
        literals[-1] += literal
        if name is not None:
            names.append(name)
            literals.append("")
    return _Template(tuple(literals), tuple(names), translation)


def _candidates(catalogue: Mapping[str, list[_Template]], text: str) -> Iterable[_Template]:
    yield from catalogue.get(text[:_START], ())
    yield from catalogue.get("", ())


@cache
def _catalogue(language: Language) -> Mapping[str, list[_Template]]:
    """Return the templates by how they begin; those that begin otherwise in each text under ""."""
    texts = tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text("utf-8"))
    found: dict[str, list[_Template]] = {}
    for english, translation in texts.items():
        template = _template(english, translation)
        first = template.literals[0]
        whole = not template.names or len(first) >= _START
        found.setdefault(first[:_START] if whole else "", []).append(template)
    # The more of a text is literal, the surer it is that the text was made of that template.
    for templates in found.values():
        templates.sort(key=lambda one: -sum(map(len, one.literals)))
    return found
