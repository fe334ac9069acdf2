"""Run the import of a configuration (contract configurations#principles).

Everything is computed first; then one transaction puts the new revision in force and writes on the
job that it has. So whoever is killed before it leaves no trace, and whoever comes after it has
nothing left to do. An import that finds the configuration changed meanwhile is computed anew.
"""

from collections.abc import Mapping, Sequence

import msgspec

from ferry.aws.bucket import Files
from ferry.aws.event_bus import Events
from ferry.configurations.archives import Archives
from ferry.configurations.config_job import (
    AppliedConfig,
    ConfigJob,
    ConfigResult,
    ConfigRun,
    Form,
)
from ferry.configurations.config_uploads import ConfigUploads
from ferry.configurations.foreseen_changes import store_foreseen
from ferry.configurations.history import History, NextRevision
from ferry.configurations.imported_document import Import, read_import
from ferry.configurations.outcomes import Outcome, read_outcome, store_outcome
from ferry.configurations.pointer_store import Cause, Configs, Pointer
from ferry.configurations.sending import store_long_status
from ferry.errors import Malformed
from ferry.fetch.fetcher import Fetcher
from ferry.jobs.job import Counts
from ferry.jobs.job_outcome import JobOutcome
from ferry.kuiper.apply.application import apply, files_wanted
from ferry.kuiper.apply.draft import Applied, Fetched
from ferry.kuiper.diff import Change, changes, summary
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.export.ruleset import import_summary
from ferry.kuiper.export.structured import first_error
from ferry.kuiper.items.archive import Provided


def run_config_import(
    run: ConfigRun,
    *,
    configs: Configs,
    store: Files,
    uploads: Files,
    fetcher: Fetcher,
    events: Events,
    keep: int | None = None,
) -> JobOutcome[ConfigResult]:
    """Apply the import that the job asks for.

    Raises:
        Malformed: the document as a whole cannot be had or read; nothing is changed.

    """
    run.check()  # a task that was cancelled while it waited ends here
    request = run.job.request
    history = History(run.job.app_id, configs=configs, files=store, keep=keep)
    outcome = JobOutcome(run.job.result, run.job.counts)
    # A worker killed after the commit leaves the result on the job; only the follow-up is missing.
    if run.job.result.config is None:
        body = b"".join(uploads.blocks(request.body_key))
        archives = Archives(fetcher, store, run)  # its time begins with the document's
        asked = read_import(request, body, fetcher, lambda _: run.progress())
        outcome = _Application(run, asked, history, store, archives, uploads).make()
    if applied := run.job.result.config:
        _follow_up(run.job, applied, history, store, events)
    return outcome


def _follow_up(
    job: ConfigJob, applied: AppliedConfig, history: History, store: Files, events: Events
) -> None:
    """Do what a revision in force calls for; doing so twice is harmless."""
    if applied.uploads:
        kept = read_outcome(applied.outcome_key, store).files
        ConfigUploads(history, store).lay_out(applied.revision, kept)
    if job.request.stop:
        events.restart_requested(job.app_id, applied.revision, job.id)
    history.trim(now=job.updated_at)


class _Application(msgspec.Struct):
    """One import on its way into an app's history."""

    run: ConfigRun
    asked: Import
    history: History
    store: Files
    archives: Archives
    uploads: Files

    def make(self) -> JobOutcome[ConfigResult]:
        """Apply the import until it is in force."""
        while True:
            before, current = self.history.latest()
            applied = self._apply(current)
            found = changes(current, applied.document)
            outcome_key = self._store_outcome(found, applied)
            config = AppliedConfig(
                outcome_key=outcome_key, reply=self._reply(applied), sha256=self.asked.sha256
            )
            if self.asked.request.dry_run:
                store_foreseen(found, self.run.job.id, self.uploads)
                return self._outcome(config, applied)
            draft = self._draft(before, applied, outcome_key)
            config = msgspec.structs.replace(
                config,
                revision=draft.revision.number,
                uploads=bool(self.asked.document[Section.UPLOADS]),
            )
            outcome = self._outcome(config, applied)
            # Otherwise another import came first: compute again on what is in force now.
            if self.run.commit(draft.writes, outcome):
                return outcome

    def _apply(self, current: Document) -> Applied:
        request, imported = self.asked.request, self.asked.document
        wanted = files_wanted(current, imported, request.mode, wire=request.wire)
        faults = self.archives.fetch(self.history.app_id, wanted)
        fetched = Fetched(faults, self.archives.read)
        applied = apply(current, imported, request.mode, wire=request.wire, fetched=fetched)
        if request.form is Form.STRUCTURED and (fault := first_error(applied)):
            raise Malformed(fault)
        return applied

    def _draft(self, before: Pointer, applied: Applied, outcome_key: str) -> NextRevision:
        job, request = self.run.job, self.asked.request
        return self.history.draft(
            before,
            applied.document,
            outcome_key=outcome_key,
            provided=self._provided(before, applied),
            made_at=job.updated_at,
            user_id=job.user_id,
            cause=Cause.IMPORT,
            mode=request.mode.value,
            job_id=job.id,
            failed=_count(applied.errors),
            skipped=_count(applied.skipped),
            restart=request.stop,
        )

    def _provided(self, before: Pointer, applied: Applied) -> Provided:
        """Return the plugins and services of the next document's archives, old and new."""
        old = self.history.provided(before)
        provided: dict[Section, dict[str, frozenset[str]]] = {}
        for section, texts in applied.document.texts().items():
            known = {**old.get(section, {}), **applied.provided.get(section, {})}
            provided[section] = {key: known[key] for key in known if key in texts}
        return provided

    def _store_outcome(self, found: Sequence[Change], applied: Applied) -> str:
        kept = self.archives.kept
        outcome = Outcome(
            errors={section: dict(items) for section, items in applied.errors.items()},
            skipped={
                section: {key: reason.value for key, reason in items.items()}
                for section, items in applied.skipped.items()
            },
            obstacles={section: dict(items) for section, items in applied.obstacles.items()},
            ignored=self.asked.ignored,
            files={uri: kept[uri] for uri in applied.files if uri in kept},
            diff=summary(found),
        )
        key = store_outcome(outcome, self.history.app_id, self.store)
        store_long_status(outcome.status, key, self.store)
        return key

    def _outcome(self, config: AppliedConfig, applied: Applied) -> JobOutcome[ConfigResult]:
        failed = _count(applied.errors)
        total = sum(1 for _ in self.asked.document.items())
        counts = Counts(total=total, succeeded=total - failed, failed=failed)
        return JobOutcome(ConfigResult(config=config), counts)

    def _reply(self, applied: Applied) -> str:
        match self.asked.request.form:
            case Form.STRUCTURED:
                return "success"
            case Form.RULESET:
                return import_summary(self.asked.document, applied)
        return ""


def _count(items: Mapping[Section, Mapping[str, object]]) -> int:
    return sum(map(len, items.values()))
