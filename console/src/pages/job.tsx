import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { type Job, type JobKey, type ListedJob, cancelJob, deleteJob, hasEnded, replayJob } from "../api/jobs";
import { type Table, getTable } from "../api/tables";
import { Differences } from "../parts/differences";
import { Confirm } from "../parts/dialog";
import { Empty, Failure, Loading, useAction, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { JobFacts, JobProgress } from "../parts/job-facts";
import { ResumeJob } from "../parts/resume-job";
import { kindOf } from "../parts/status";
import { Crumbs } from "../parts/table-head";
import { go, link } from "../router";
import { isOwn, mayEdit } from "../state/session";
import { useUserNames } from "../state/user-names";
import { JobWatch } from "../state/watch";
import { formatTime, t } from "../words";

export function JobPage({ of }: { of: JobKey }) {
  const watch = useMemo(() => new JobWatch(of), [of.job]);
  useEffect(watch.start, [watch]);
  const table = useLoad(() => getTable(of.table), of.table).data;
  const job = watch.job.value;
  const error = watch.error.value;
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Empty title={t("job.gone")} help={t("job.gone.help")}>
        <a class="button button-primary" href="#/jobs">
          {t("jobs.title")}
        </a>
      </Empty>
    );
  }
  if (!job) return error === undefined ? <Loading /> : <Failure error={error} retry={watch.retry} />;
  return (
    <Page
      title={t("job.title", { operation: kindOf(job), table: table?.name ?? String(of.table) })}
      lead={job.file_name ?? undefined}
      above={<Crumbs table={table ?? { id: of.table, name: String(of.table) }} />}
      actions={<Actions of={of} job={job} onResumed={watch.retry} />}
    >
      {error !== undefined && <Failure error={error} retry={watch.retry} />}
      {!isOwn(job) && <StartedBy user={job.user_id} />}
      <JobProgress job={job} samples={watch.samples.value} />
      {job.dry_run && job.download_url && <Differences url={local(job.download_url)} />}
      <JobFacts of={of} job={job} />
      {table && <Next table={table} job={job} />}
    </Page>
  );
}

function StartedBy({ user }: { user: number }) {
  const nameOf = useUserNames(true);
  return <p class="notice">{t("job.others", { user: nameOf(user) })}</p>;
}

type Asked = "undo" | "delete";

function Actions({ of, job, onResumed }: { of: JobKey; job: ListedJob; onResumed: () => void }) {
  const [asked, setAsked] = useState<Asked>();
  const [cancelled, setCancelled] = useState(false);
  const { busy, error, run } = useAction();
  const replay = (what: "undo" | "apply") =>
    run(async () => {
      const started = await replayJob(of, what);
      go(link(["tables", of.table, "jobs", "import", started]));
    });
  const remove = () =>
    run(async () => {
      await deleteJob(of);
      go(link(["tables", of.table, "jobs"]));
    });
  const ended = hasEnded(job);
  const mayReplay = isOwn(job) && mayEdit(of.table);
  return (
    <>
      {!ended && (
        <button
          type="button"
          class="button"
          disabled={busy || cancelled}
          onClick={() => run(() => cancelJob(of).then(() => setCancelled(true)))}
        >
          {t("job.cancel")}
        </button>
      )}
      {ended && (
        <button type="button" class="button button-quiet" onClick={() => setAsked("delete")}>
          {t("job.delete")}
        </button>
      )}
      {ended && job.undo_until && mayReplay && !job.dry_run && (
        <button type="button" class="button" onClick={() => setAsked("undo")}>
          {t("job.undoIt")}
        </button>
      )}
      {job.resume_until && isOwn(job) && <ResumeJob of={of} job={job} onResumed={onResumed} />}
      {job.report_url && (
        <a class="button" href={local(job.report_url)}>
          {t("job.report")}
        </a>
      )}
      {job.download_url && (
        <a class={job.dry_run ? "button" : "button button-primary"} href={local(job.download_url)}>
          {t(job.dry_run ? "job.differences" : "job.download")}
        </a>
      )}
      {job.dry_run && job.status === "finish" && mayReplay && (
        <button type="button" class="button button-primary" disabled={busy} onClick={() => replay("apply")}>
          {t("job.applyIt")}
        </button>
      )}
      <div class="actions-said" role="status">
        {cancelled && !ended && t("job.cancelling")}
        {job.undo_until && !job.dry_run && t("job.undo.until", { time: formatTime(job.undo_until) })}
      </div>
      {error !== undefined && !asked && <Failure error={error} />}
      {asked && (
        <Confirm
          title={t(asked === "undo" ? "job.undoIt" : "job.delete")}
          text={t(asked === "undo" ? "job.undo.confirm" : "job.delete.confirm")}
          dangerous={asked === "delete"}
          busy={busy}
          error={error}
          onClose={() => setAsked(undefined)}
          onConfirm={asked === "undo" ? () => replay("undo") : remove}
        />
      )}
    </>
  );
}

function Next({ table, job }: { table: Table; job: Job }) {
  if (!hasEnded(job)) return null;
  return (
    <p class="next">
      <a href={link(["tables", table.id])}>{table.name}</a>
      {" · "}
      <a href={link(["tables", table.id, "jobs"])}>{t("table.jobs")}</a>
    </p>
  );
}

/** The same link under the address that this page has: links of mails name the public one. */
export function local(url: string): string {
  return new URL(url, location.origin).pathname;
}
