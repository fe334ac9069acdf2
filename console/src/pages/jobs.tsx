import { useEffect } from "preact/hooks";
import { type JobsAsked, type ListedJob, STATUSES, hasEnded, listJobs } from "../api/jobs";
import { getTable } from "../api/tables";
import { historyOf } from "../job-history";
import { SelectField } from "../parts/field";
import { Empty, Load, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { Plot } from "../parts/plot";
import { Bar, Status, kindOf, rowsOf } from "../parts/status";
import { Crumbs } from "../parts/table-head";
import { go, link, route } from "../router";
import { isOwner } from "../state/session";
import { useUserNames } from "../state/user-names";
import { formatTime, t } from "../words";

const REFRESH_MS = 3000;

/** The jobs of a table, or of all tables; the address says which of them. */
export function JobsPage({ table }: { table?: number }) {
  const { query } = route.value;
  const asked: JobsAsked = {
    table,
    anyone: isOwner.value && query.get("by") === "anyone",
    status: query.get("status") ?? "",
    cursor: query.get("cursor") ?? "",
  };
  const jobs = useLoad(() => listJobs(asked), JSON.stringify(asked));
  const name = useLoad(async () => (table === undefined ? "" : (await getTable(table)).name), table).data;
  const running = jobs.data?.jobs.some((job) => !hasEnded(job)) ?? false;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(jobs.reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [running, jobs.reload]);
  const narrowed = Boolean(asked.status || asked.cursor);
  return (
    <Page
      title={t("jobs.title")}
      lead={table === undefined ? t("jobs.lead") : t("jobs.lead.table", { table: name ?? String(table) })}
      above={table === undefined ? undefined : <Crumbs table={{ id: table, name: name ?? String(table) }} />}
    >
      <Filters asked={asked} />
      <Load of={jobs}>
        {(found) => (
          <>
            {found.jobs.length ? (
              <>
                <History jobs={found.jobs} />
                <JobList jobs={found.jobs} anyone={asked.anyone} />
              </>
            ) : narrowed ? (
              <Empty title={t("jobs.none")} />
            ) : (
              <Empty title={t("jobs.empty")} help={t("jobs.empty.help")} />
            )}
            <nav class="actions" aria-label={t("jobs.title")}>
              {asked.cursor && (
                <a class="button" href={place({ ...asked, cursor: "" })}>
                  {t("jobs.newest")}
                </a>
              )}
              {found.next && (
                <a class="button" href={place({ ...asked, cursor: found.next })}>
                  {t("jobs.older")}
                </a>
              )}
            </nav>
          </>
        )}
      </Load>
    </Page>
  );
}

const place = ({ table, anyone, status, cursor }: JobsAsked) =>
  link(table === undefined ? ["jobs"] : ["tables", table, "jobs"], {
    by: anyone ? "anyone" : "",
    status,
    cursor,
  });

function Filters({ asked }: { asked: JobsAsked }) {
  const turn = (change: Partial<JobsAsked>) => go(place({ ...asked, cursor: "", ...change }));
  return (
    <div class="filters">
      <SelectField
        label={t("jobs.status")}
        value={asked.status}
        choices={[
          { value: "", label: t("jobs.any") },
          ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
        ]}
        onValue={(status) => turn({ status })}
      />
      {isOwner.value && (
        <SelectField
          label={t("jobs.whose")}
          value={asked.anyone ? "anyone" : "me"}
          choices={[
            { value: "me", label: t("jobs.mine") },
            { value: "anyone", label: t("jobs.anyone") },
          ]}
          onValue={(by) => turn({ anyone: by === "anyone" })}
        />
      )}
    </div>
  );
}

/** The listed jobs over time; nothing where they are of one hour or day. */
function History({ jobs }: { jobs: ListedJob[] }) {
  const { times, jobs: counts, rows } = historyOf(jobs);
  if (times.length < 2) return null;
  const label = t("jobs.history", { n: jobs.length, rows: rows.reduce((sum, each) => sum + each, 0) });
  return (
    <section class="card card-pad">
      <Plot
        label={label}
        times={times}
        lines={[
          { label: t("jobs.history.rows"), values: rows, bars: true },
          { label: t("jobs.history.jobs"), values: counts },
        ]}
      />
    </section>
  );
}

function JobList({ jobs, anyone }: { jobs: ListedJob[]; anyone: boolean }) {
  const nameOf = useUserNames(anyone);
  return (
    <div class="card">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{t("jobs.job")}</th>
            <th scope="col">{t("jobs.table")}</th>
            <th scope="col">{t("jobs.status")}</th>
            {anyone && <th scope="col" class="wide-only">{t("jobs.by")}</th>}
            <th scope="col" class="wide-only">
              {t("jobs.progress")}
            </th>
            <th scope="col" class="wide-only">
              {t("jobs.started")}
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.job_id}>
              <th scope="row">
                <a href={link(["tables", job.table_id, "jobs", job.operation, job.job_id])}>{kindOf(job)}</a>
                <span class="quiet"> {job.file_name ?? job.file_type}</span>
              </th>
              <td>
                <a class="plain" href={link(["tables", job.table_id])}>
                  {job.table_name}
                </a>
              </td>
              <td>
                <Status of={job.status} />
              </td>
              {anyone && <td class="wide-only quiet">{nameOf(job.user_id)}</td>}
              <td class="wide-only">
                {hasEnded(job) ? <span class="quiet">{job.error_msg ?? rowsOf(job)}</span> : <Bar job={job} />}
              </td>
              <td class="wide-only quiet">{formatTime(job.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
