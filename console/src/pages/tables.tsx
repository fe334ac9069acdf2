import { useState } from "preact/hooks";
import { type TableJob, recentJobs } from "../api/jobs";
import { type Table, listRows, listTables } from "../api/tables";
import { Empty, Load, said, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { Status, kindOf } from "../parts/status";
import { link } from "../router";
import { isOwner } from "../state/session";
import { formatNumber, formatTime, t } from "../words";

const SHOWN = 60; // a list of more is narrowed by its name, or shown by a click

export function TablesPage() {
  const tables = useLoad(listTables, "tables");
  return (
    <Page
      title={t("tables.title")}
      lead={t("tables.lead")}
      actions={isOwner.value && <NewTable />}
    >
      <Load of={tables}>
        {({ objects }) =>
          objects.length ? (
            <TableList tables={objects} />
          ) : (
            <Empty title={t("tables.empty")} help={t("tables.empty.help")}>
              {isOwner.value && <NewTable />}
            </Empty>
          )
        }
      </Load>
    </Page>
  );
}

function NewTable() {
  return (
    <>
      <a class="button" href={link(["attach"])}>
        {t("attach.title")}
      </a>
      <a class="button button-primary" href={link(["new-table"])}>
        {t("tables.new")}
      </a>
    </>
  );
}

function TableList({ tables }: { tables: Table[] }) {
  const [text, setText] = useState("");
  const [all, setAll] = useState(false);
  const found = tables.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  const shown = all ? found : found.slice(0, SHOWN);
  const jobs = useLoad(() => recentJobs(shown, 1), shown.map(({ id }) => id).join());
  return (
    <>
      {tables.length > 5 && (
        <input
          class="search"
          type="search"
          aria-label={t("tables.search")}
          placeholder={t("tables.search")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      {!found.length && <p class="quiet">{t("tables.none", { text })}</p>}
      {found.length > 0 && (
        <div class="card">
          <table class="list">
            <thead>
              <tr>
                <th scope="col">{t("tables.name")}</th>
                <th scope="col" class="wide-only right">
                  {t("tables.columns")}
                </th>
                <th scope="col" class="right">
                  {t("tables.rows")}
                </th>
                <th scope="col">{t("tables.lastJob")}</th>
                <th scope="col" class="wide-only">
                  {t("tables.updated")}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((table) => (
                <TableEntry key={table.id} table={table} jobs={jobs.data} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length < found.length && (
        <button type="button" class="button" onClick={() => setAll(true)}>
          {t("app.more")}
        </button>
      )}
    </>
  );
}

function TableEntry({ table, jobs }: { table: Table; jobs: TableJob[] | undefined }) {
  const last = jobs?.find((one) => one.table.id === table.id)?.job;
  return (
    <tr>
      <th scope="row">
        <a href={link(["tables", table.id])}>{table.name}</a>
        {table.attached && (
          <span class="quiet"> {t("tables.attached", { table: table.attached.table })}</span>
        )}
      </th>
      <td class="wide-only right">{formatNumber(table.schema.fields.length)}</td>
      <td class="right">{table.attached ? "–" : <Count table={table} />}</td>
      <td>
        {last ? (
          <a class="plain" href={link(["tables", table.id, "jobs", last.operation, last.job_id])}>
            {kindOf(last)} <Status of={last.status} />
          </a>
        ) : (
          <span class="quiet">{jobs ? t("tables.noJob") : "…"}</span>
        )}
      </td>
      <td class="wide-only quiet">{formatTime(table.updated_at)}</td>
    </tr>
  );
}

/** The rows are counted by reading all of them: only when asked for. */
function Count({ table }: { table: Table }) {
  const [state, setState] = useState<number | string>();
  if (typeof state === "number") return <>{formatNumber(state)}</>;
  if (state !== undefined) return <span class="quiet">{state}</span>;
  const count = () => {
    setState("…");
    listRows(table.id, {}, 0, 1).then(
      ({ meta }) => setState(meta.total_count),
      (error: unknown) => setState(said(error)),
    );
  };
  return (
    <button
      type="button"
      class="button button-quiet button-small"
      aria-label={t("tables.count.label", { table: table.name })}
      onClick={count}
    >
      {t("tables.count")}
    </button>
  );
}
