import type { ComponentChildren } from "preact";
import { type Job, type JobKey, type Life, type WholeJob, hasEnded } from "../api/jobs";
import { link } from "../router";
import { isOwner } from "../state/session";
import { useUserNames } from "../state/user-names";
import { type Sample, rateOf, ratesOf } from "../state/watch";
import { formatDollars, formatDuration, formatNumber, formatTime, t } from "../words";
import { JobLog } from "./job-log";
import { Plot } from "./plot";
import { Bar, Status, bytesOf, rowsOf, shareOf } from "./status";
import { textOf } from "./value";

const COUNTS = ["total", "succeeded", "failed", "new", "changed", "same", "deleted", "mirrored", "skipped", "uncounted"] as const;

export function JobProgress({ job, samples }: { job: WholeJob; samples: Sample[] }) {
  const rate = rateOf(samples);
  const share = shareOf(job);
  const ended = hasEnded(job);
  // Since a worker began: the page may have been opened later.
  const begun = job.life.events.find(({ event }) => event === "claimed")?.at;
  const elapsed = begun === undefined ? 0 : Date.now() / 1000 - begun;
  const left = share && share > 0.02 && elapsed > 2 ? (elapsed / share) * (1 - share) : undefined;
  return (
    <section class="card card-pad" aria-label={t("jobs.progress")}>
      <div class="progress-head" aria-live="polite">
        <Status of={job.status} />
        <span class="progress-rows">{rowsOf(job)}</span>
        <span class="quiet">{bytesOf(job)}</span>
        {!ended && rate !== undefined && rate > 0 && (
          <span class="quiet">{t("job.rate", { n: Math.round(rate) })}</span>
        )}
        {!ended && left !== undefined && (
          <span class="quiet">{t("job.remaining", { time: formatDuration(left) })}</span>
        )}
        {ended && (
          <span class="quiet">
            {t("job.took", { time: formatDuration(job.updated_at - job.created_at) })}
          </span>
        )}
      </div>
      <Bar job={job} />
      <Throughput life={job.life} />
      {job.error_msg && (
        <div class="notice notice-bad" role="alert">
          <p>{job.error_msg}</p>
        </div>
      )}
      {job.counts && <Counts job={job} />}
    </section>
  );
}

function Counts({ job }: { job: Job }) {
  const counts = job.counts;
  if (!counts) return null;
  return (
    <>
      <dl class="counts">
        {COUNTS.filter((name) => counts[name] !== undefined).map((name) => (
          <div key={name} class={name === "failed" && counts.failed ? "count count-bad" : "count"}>
            <dt>{t(`counts.${name}`)}</dt>
            <dd>{formatNumber(counts[name] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      {job.dry_run && <p class="quiet">{t("counts.dry")}</p>}
    </>
  );
}

/** Rows a second between the samples that the job keeps of its life. */
function Throughput({ life }: { life: Life }) {
  const rates = ratesOf(life.samples.map(({ at, rows }) => ({ at: at * 1000, rows })));
  const most = Math.max(...rates.map(({ rate }) => rate), 0);
  if (rates.length < 4 || most <= 0) return null;
  return (
    <Plot
      label={t("job.throughput", { n: Math.round(most) })}
      times={rates.map(({ at }) => at / 1000)}
      lines={[{ label: t("job.throughput.line"), values: rates.map(({ rate }) => rate) }]}
    />
  );
}

export function JobFacts({ of, job }: { of: JobKey; job: WholeJob }) {
  const detected = Object.entries((job.detected ?? {}) as Record<string, unknown>);
  const nameOf = useUserNames(isOwner.value && job.cancelled_by !== undefined);
  const other = job.undo_of ?? job.apply_of;
  return (
    <>
      <FailedRows of={of} job={job} />
      <section class="card card-pad">
        <h2>{t("job.details")}</h2>
        <dl class="facts">
          <Fact name={t("jobs.started")}>{formatTime(job.created_at)}</Fact>
          {hasEnded(job) && <Fact name={t("job.ended")}>{formatTime(job.updated_at)}</Fact>}
          <Fact name={t("job.id")}>
            <code>{job.job_id}</code>
          </Fact>
          {job.file_name && <Fact name={t("job.file")}>{job.file_name}</Fact>}
          {other && (
            <Fact name={t(job.undo_of ? "job.of.undo" : "job.of.apply")}>
              <a href={link(["tables", of.table, "jobs", "import", other])}>{other}</a>
            </Fact>
          )}
          {(job.spent.read_units > 0 || job.spent.write_units > 0) && (
            <Fact name={t("job.spent")}>
              {t("job.spentUnits", {
                reads: formatNumber(job.spent.read_units),
                writes: formatNumber(job.spent.write_units),
                dollars: formatDollars(job.spent.dollars),
              })}
            </Fact>
          )}
          {job.budget !== undefined && <Fact name={t("limits.budget")}>{formatDollars(job.budget)}</Fact>}
          {job.budget_units !== undefined && (
            <Fact name={t("limits.budgetUnits")}>{formatNumber(job.budget_units)}</Fact>
          )}
          {job.rate !== undefined && <Fact name={t("limits.rate")}>{formatNumber(job.rate)}</Fact>}
          {job.cancelled_by !== undefined && <Fact name={t("job.cancelledBy")}>{nameOf(job.cancelled_by)}</Fact>}
          {job.hidden_rows ? <Fact name={t("job.hidden")}>{formatNumber(job.hidden_rows)}</Fact> : null}
          <Fact name={t("job.mail")}>
            {t(`mail.${job.mail.status}`)} {job.mail.error_msg}
          </Fact>
          {detected.length > 0 && (
            <Fact name={t("job.detected")}>
              {detected.map(([name, value]) => (
                <span key={name} class="tag">
                  {name}: {textOf(value)}
                </span>
              ))}
            </Fact>
          )}
          {job.ignored_columns?.length ? (
            <Fact name={t("job.ignored")}>{job.ignored_columns.join(", ")}</Fact>
          ) : null}
          {job.blank_rows ? <Fact name={t("job.blank")}>{formatNumber(job.blank_rows)}</Fact> : null}
        </dl>
      </section>
      <JobLog job={job} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function FailedRows({ of, job }: { of: JobKey; job: Job }) {
  if (!job.first_failed?.length) return null;
  return (
    <section class="card">
      <div class="card-head">
        <h2>{t("job.failedRows")}</h2>
        {job.report_url && !job.undo_of && !job.apply_of && !job.dry_run && (
          <a class="button button-primary" href={link(["tables", of.table, "jobs", "import", of.job, "correct"])}>
            {t("job.correct")}
          </a>
        )}
      </div>
      <table class="list">
        <thead>
          <tr>
            <th scope="col" class="right">
              {t("job.line")}
            </th>
            <th scope="col">{t("job.field")}</th>
            <th scope="col">{t("job.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {job.first_failed.flatMap(({ line, errors }) =>
            errors.map(({ field, reason }, at) => (
              <tr key={`${line}-${at}`}>
                <td class="right">{formatNumber(line)}</td>
                <td>{field || <span class="quiet">{t("job.wholeRow")}</span>}</td>
                <td class="wrap">{reason}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </section>
  );
}
