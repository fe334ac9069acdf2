"""The mail that says how the import of a configuration ended."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Literal

import msgspec

from ferry.mail.job_mail import MailMessage, lay_out, paragraphs, words
from ferry.mail.wording import clip, one_line, thousands
from ferry.translations.languages import closest

_MOST_ITEMS = 20
_LONGEST_LINE = 300
_LONGEST_REASON = 1000


class ConfigOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """An import of a configuration that is over.

    Attributes:
        job_id: what operators find the job by.
        revision: the revision it made, 0 if it made none.
        applied: how many items are in force now, or would be after a dry run.
        failed: why items failed, by "section key".
        skipped: why items were left out on purpose, by section and key.
        obstacles: why rules that are in force cannot start, by section and key.
        ignored: what of the document is no part of a configuration, as sentences.
        changed: a line a change, as `ferry.kuiper.diff.summary` makes them.
        reason: why a failed import failed.

    """

    job_id: str
    result: Literal["finished", "failed", "cancelled"]
    seconds: float
    dry_run: bool = False
    partial: bool = False
    restart: bool = False
    revision: int = 0
    applied: int = 0
    failed: Mapping[str, str] = {}
    skipped: Mapping[str, str] = {}
    obstacles: Mapping[str, str] = {}
    ignored: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    reason: str = ""


def compose_configuration(outcome: ConfigOutcome, language: str) -> MailMessage:
    """Write the mail about `outcome`, in the language closest to the tag `language`."""
    tongue = closest(language)
    values = _values(outcome)
    common = words(f"{tongue}/common.jinja", values)
    case = words(f"{tongue}/configuration.jinja", values)
    sheet = {
        "language": tongue,
        "tone": _tone(outcome),
        "headline": case["headline"],
        "story": paragraphs(case["story"]),
        "links": [],
        "colon": common["colon"],
        "lifetime": "",
        "facts": [(case["labels"][key], fact) for key, fact in _facts(outcome, common)],
        "footer": common["footer"],
    }
    return lay_out(case["subject"], sheet)


def _values(outcome: ConfigOutcome) -> dict[str, Any]:
    return msgspec.structs.asdict(outcome) | {
        "operation": "import",
        "ignored_columns": (),
        "sheet": "",
        "blank_rows": 0,
        "hidden_rows": 0,
        "detected": {},
        "undo_until": "",
        "resume_until": "",
        "budget": None,
        "budget_units": None,
        "rate": None,
        "more_ignored": 0,
        "return_url": "",
        "days": 0,
        "expires_on": "",
        "reason": clip(one_line(outcome.reason), _LONGEST_REASON),
        "failed": _lines(outcome.failed),
        "failed_count": len(outcome.failed),
        "skipped": _lines(outcome.skipped),
        "skipped_count": len(outcome.skipped),
        "obstacles": _lines(outcome.obstacles),
        "obstacles_count": len(outcome.obstacles),
        "ignored": [_line(sentence) for sentence in outcome.ignored[:_MOST_ITEMS]],
        "changed": [_line(change) for change in outcome.changed],
        "most": _MOST_ITEMS,
    }


def _lines(items: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(_line(item), _line(reason)) for item, reason in islice(items.items(), _MOST_ITEMS)]


def _line(text: str) -> str:
    return clip(one_line(text), _LONGEST_LINE)


def _tone(outcome: ConfigOutcome) -> str:
    if outcome.result != "finished":
        return "bad" if outcome.result == "failed" else "quiet"
    return "attention" if outcome.failed or outcome.obstacles or outcome.ignored else "good"


def _facts(outcome: ConfigOutcome, common: dict[str, Any]) -> list[tuple[str, str]]:
    """List the figures of the mail as (label key, text)."""
    if outcome.result != "finished":
        return [("took", common["took"]), ("job", outcome.job_id)]
    revision = [("revision", str(outcome.revision))] if outcome.revision else []
    return [
        *revision,
        ("applied", thousands(outcome.applied)),
        ("failed", thousands(len(outcome.failed))),
        ("skipped", thousands(len(outcome.skipped))),
        ("took", common["took"]),
        ("job", outcome.job_id),
    ]
