import { useEffect } from "preact/hooks";
import { type TableJob, hasEnded, recentJobs } from "../api/jobs";
import { getTable, listTables } from "../api/tables";
import { Empty, Load, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { Bar, Status, kindOf, rowsOf } from "../parts/status";
import { Crumbs } from "../parts/table-head";
import { link } from "../router";
import { formatTime, t } from "../words";

const REFRESH_MS = 3000;

/** The jobs of a table, or of all tables. */
export function JobsPage({ table }: { table?: number }) {
  const jobs = useLoad(
    async () => recentJobs(table === undefined ? (await listTables()).objects : [await getTable(table)]),
    table,
  );
  const running = jobs.data?.some(({ job }) => !hasEnded(job)) ?? false;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(jobs.reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [running, jobs.reload]);
  const of = jobs.data?.[0]?.table;
  return (
    <Page
      title={t("jobs.title")}
      lead={table === undefined || !of ? t("jobs.lead") : t("jobs.lead.table", { table: of.name })}
      above={table === undefined ? undefined : <Crumbs table={{ id: table, name: of?.name ?? String(table) }} />}
    >
      <Load of={jobs}>
        {(found) =>
          found.length ? (
            <JobList jobs={found} />
          ) : (
            <Empty title={t("jobs.empty")} help={t("jobs.empty.help")} />
          )
        }
      </Load>
    </Page>
  );
}

function JobList({ jobs }: { jobs: TableJob[] }) {
  return (
    <div class="card">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{t("jobs.job")}</th>
            <th scope="col">{t("jobs.table")}</th>
            <th scope="col">{t("jobs.status")}</th>
            <th scope="col" class="wide-only">
              {t("jobs.progress")}
            </th>
            <th scope="col" class="wide-only">
              {t("jobs.started")}
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map(({ table, job }) => (
            <tr key={job.job_id}>
              <th scope="row">
                <a href={link(["tables", table.id, "jobs", job.operation, job.job_id])}>{kindOf(job)}</a>
                <span class="quiet"> {job.file_name ?? job.file_type}</span>
              </th>
              <td>
                <a class="plain" href={link(["tables", table.id])}>
                  {table.name}
                </a>
              </td>
              <td>
                <Status of={job.status} />
              </td>
              <td class="wide-only">
                {hasEnded(job) ? <span class="quiet">{rowsOf(job)}</span> : <Bar job={job} />}
              </td>
              <td class="wide-only quiet">{formatTime(job.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
