"""The mail that says how a job ended, as a subject, a text part and an HTML part.

The words of each language are plain-text templates, one for each way a job can end. What they say
is then laid out twice, by one text and one HTML frame that are the same for all languages; only
the HTML frame writes HTML, and it escapes all that it is given.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ferry.errors import INVALID_FILE
from ferry.mail.outcome import JobSummary
from ferry.mail.wording import SUBJECT_LIMIT, clip, clock, dollars, one_line, thousands, units
from ferry.translations.catalogue import translated
from ferry.translations.languages import BETWEEN, Language, closest

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"

# Gmail hides what is beyond 102 KB of a message, so no text from outside may grow without end.
_LONGEST_NAME = 255
_LONGEST_COLUMN = 64
_LONGEST_REASON = 1000
_MOST_COLUMNS = 20


class MailMessage(msgspec.Struct, frozen=True):
    """A mail, ready to send. `subject` is one line of at most 150 characters."""

    subject: str
    text: str
    html: str


def compose(outcome: JobSummary, language: str) -> MailMessage:
    """Write the mail about `outcome`, in the language closest to the tag `language`."""
    tongue = closest(language)
    values = _values(outcome, tongue)
    common = words(f"{tongue}/common.jinja", values)
    case = words(f"{tongue}/{outcome.operation}_{_ending(outcome)}.jinja", values)
    sheet = {
        "language": tongue,
        "tone": _tone(outcome),
        "headline": case["headline"],
        "story": paragraphs(case["story"]) + paragraphs(common["notes"]),
        "links": [(common["labels"][key], url) for key, url in _links(outcome)],
        "colon": common["colon"],
        "lifetime": common["lifetime"],
        "facts": [(common["labels"][key], fact) for key, fact in _facts(outcome, values, common)],
        "footer": common["footer"],
    }
    return lay_out(case["subject"], sheet)


def lay_out(subject: str, sheet: dict[str, Any]) -> MailMessage:
    """Return the mail that says what is on the sheet, as both frames lay it out."""
    return MailMessage(
        # The names are clean already; this holds for whatever a translator writes around them.
        subject=clip(one_line(subject), SUBJECT_LIMIT),
        text=_templates().get_template("mail.txt.jinja").render(sheet),
        html=_templates().get_template("mail.html.jinja").render(sheet),
    )


def _ending(outcome: JobSummary) -> str:
    """Name the way the job ended; with its operation, that is the name of a template."""
    if outcome.result != "finished":
        return "stopped" if outcome.resume_until else outcome.result
    if outcome.replay:
        return {"undo": "undone", "apply": "applied"}[outcome.replay]
    if outcome.total == 0:
        return "empty"
    if outcome.operation == "export":
        return "finished"
    if outcome.dry_run:
        return "rehearsed"
    return "partial" if outcome.failed else "finished"


def _tone(outcome: JobSummary) -> str:
    """Return the mail's tone, which sets the colour of its frame."""
    if outcome.resume_until:
        return "attention"
    if outcome.result != "finished":
        return "bad" if outcome.result == "failed" else "quiet"
    if outcome.total == 0:
        return "quiet"
    return "attention" if outcome.failed else "good"


def _values(outcome: JobSummary, language: Language) -> dict[str, Any]:
    """Give the outcome's fields as templates may use them: each text one line and not too long."""
    named = outcome.ignored_columns[:_MOST_COLUMNS]
    return msgspec.structs.asdict(outcome) | {
        "table_name": clip(one_line(outcome.table_name), _LONGEST_NAME),
        "file_name": clip(one_line(outcome.file_name), _LONGEST_NAME),
        "file_format": clip(one_line(outcome.file_format).upper(), _LONGEST_NAME),
        "reason": _reason(outcome.reason, language),
        "first_failed": [
            (thousands(line), _faults(faults, language)) for line, faults in outcome.first_failed
        ],
        "sheet": clip(one_line(outcome.sheet), _LONGEST_COLUMN),
        "ignored_columns": [clip(one_line(column), _LONGEST_COLUMN) for column in named],
        "detected": _detected(outcome.detected),
        "deletes": bool(outcome.effects.get("deleted")),
        "more_ignored": len(outcome.ignored_columns) - len(named),
    }


def _reason(text: str, language: Language) -> str:
    """Return why a job failed, without the beginning of answers (contract tables#imports)."""
    told = translated(text.removeprefix(INVALID_FILE), language)
    return clip(one_line(told), _LONGEST_REASON)


def _faults(faults: Sequence[tuple[str, str]], language: Language) -> str:
    """List a row's columns at fault, each with the reason."""
    told = [f"{field} {translated(why, language)}".strip() for field, why in faults]
    return clip(one_line(BETWEEN[language].join(told)), _LONGEST_REASON)


def _detected(told: Mapping[str, object]) -> dict[str, str]:
    """Return the detected options as text; renamed columns as ``old → new``."""
    shown = {name: value for name, value in told.items() if isinstance(value, str)}
    headers = told.get("headers")
    if isinstance(headers, Mapping):
        names = [f"{old} → {new}" for old, new in list(headers.items())[:_MOST_COLUMNS]]
        shown["headers"] = ", ".join(names)
    added = told.get("failed_rows")
    if isinstance(added, list | tuple):
        shown["failed_rows"] = ", ".join(map(str, added))
    shown["delimiter"] = {"\t": "TAB"}.get(shown.get("delimiter", ""), shown.get("delimiter", ""))
    return {name: clip(one_line(text), _LONGEST_REASON) for name, text in shown.items() if text}


def _links(outcome: JobSummary) -> list[tuple[str, str]]:
    """List the links as (label key, address), the one that matters most first."""
    links = [
        ("open_kept" if outcome.replay else "open_report", outcome.report_url),
        ("return", outcome.return_url),
        ("open_differences" if outcome.dry_run else "download", outcome.download_url),
    ]
    return [(key, url) for key, url in links if url]


def _facts(
    outcome: JobSummary, values: dict[str, Any], common: dict[str, Any]
) -> list[tuple[str, str]]:
    """List the figures of the mail as (label key, text); what is not known is left out."""
    facts = [
        ("table", values["table_name"]),
        ("file", values["file_name"]),
        ("format", values["file_format"]),
        *((key, thousands(count)) for key, count in _counts(outcome)),
        *((key, thousands(count)) for key, count in outcome.effects.items() if count),
        ("spent", common["spent"] if outcome.read_units or outcome.write_units else ""),
        ("budget", common["may_spend"] if outcome.budget or outcome.budget_units else ""),
        ("rate", common["pace"] if outcome.rate else ""),
        ("took", common["took"]),
        ("job", outcome.job_id),
    ]
    return [(key, fact) for key, fact in facts if fact]


def _counts(outcome: JobSummary) -> list[tuple[str, int]]:
    finished = outcome.result == "finished"
    if outcome.operation == "export":
        return [("rows", outcome.total)] if finished else []
    if outcome.replay:
        return [("put_right", outcome.succeeded), ("kept", outcome.failed)]
    # A job that stopped early may not know how many rows its file has.
    whole = [("total", outcome.total)] if finished else []
    succeeded, failed = (
        ("would_succeed", "would_fail") if outcome.dry_run else ("succeeded", "failed")
    )
    return [*whole, (succeeded, outcome.succeeded), (failed, outcome.failed)]


def words(template: str, values: dict[str, Any]) -> dict[str, Any]:
    """Render a template of words and return its variables by name."""
    return vars(_templates().get_template(template).make_module(values))


def paragraphs(text: str) -> list[str]:
    """Split what a template says: every line of it that is not blank is a paragraph."""
    return [line.strip() for line in text.split("\n") if line.strip()]


@cache
def _templates() -> "Environment":
    # Imported late: functions that only pass outcomes on must not pay for it at their cold start.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        thousands=thousands, clock=clock, clip=clip, units=units, dollars=dollars
    )
    return environment
