import { useEffect, useMemo, useState } from "preact/hooks";
import { startImport } from "../api/imports";
import { type JobKey, getJob } from "../api/jobs";
import { type Field, getTable } from "../api/tables";
import { type FailedRows, readFailed } from "../failed-rows";
import { Empty, Failure, Load, useAction, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { Crumbs } from "../parts/table-head";
import { go, link } from "../router";
import { keepOptions, keptOptions } from "../state/import-form";
import { forgetCorrections, keepCorrections, keptCorrections } from "../state/kept-corrections";
import { t } from "../words";
import { local } from "./job";

const MOST_ROWS = 500; // inputs in one page; more are sent in rounds

/** The rows that failed, in a grid whose cells are corrected and sent again. */
export function CorrectPage({ of }: { of: JobKey }) {
  const found = useLoad(async () => {
    const [table, job] = await Promise.all([getTable(of.table), getJob(of)]);
    return { table, job, rows: job.report_url ? await failedRows(local(job.report_url)) : undefined };
  }, of.job);
  return (
    <Load of={found}>
      {({ table, job, rows }) => (
        <Page
          title={t("correct.title")}
          lead={t("correct.lead")}
          above={<Crumbs table={table} />}
          actions={
            job.report_url && (
              <a class="button" href={local(job.report_url)}>
                {t("job.report")}
              </a>
            )
          }
        >
          {rows ? (
            <CorrectForm of={of} found={rows} fileName={job.file_name ?? "rows"} fields={table.schema.fields} />
          ) : (
            <Empty title={t("correct.unreadable")} help={t("correct.unreadable.help")} />
          )}
        </Page>
      )}
    </Load>
  );
}

/** Undefined where they cannot be read here. */
async function failedRows(url: string): Promise<FailedRows | undefined> {
  const response = await fetch(url);
  return response.ok ? readFailed(new Uint8Array(await response.arrayBuffer())) : undefined;
}

interface CorrectFormProps {
  of: JobKey;
  found: FailedRows;
  fileName: string;
  fields: Field[];
}

function CorrectForm({ of, found, fileName, fields: ofTable }: CorrectFormProps) {
  const shown = useMemo(() => found.rows.slice(0, MOST_ROWS), [found]);
  const kept = useMemo(() => keptCorrections(of.job, shown.length), [of.job]);
  const [cells, setCells] = useState(
    () => kept?.cells ?? shown.map(({ cells: row }) => found.columns.map((_, at) => row[at] ?? "")),
  );
  const [left, setLeft] = useState<ReadonlySet<number>>(() => new Set(kept?.left));
  useEffect(() => keepCorrections(of.job, { cells, left: [...left] }), [cells, left]);
  const { busy, error, run } = useAction();
  const set = (row: number, column: number, text: string) =>
    setCells(cells.map((one, at) => (at === row ? one.map((cell, index) => (index === column ? text : cell)) : one)));
  const leave = (row: number) => {
    const next = new Set(left);
    if (!next.delete(row)) next.add(row);
    setLeft(next);
  };
  const send = () =>
    run(async () => {
      const corrected = cells.map((row, at) => ({ at, cells: row })).filter(({ at }) => !left.has(at));
      const typeOf = (column: string) => ofTable.find(({ name }) => name === column)?.type;
      const { content, suffix } = found.write(corrected, typeOf);
      const file = new File([content], `${fileName.replace(/(\.\w+)(\.gz)?$/, "")}-corrected${suffix}`);
      const options = keptOptions(of.job);
      const job = await startImport(of.table, file, options, () => undefined);
      keepOptions(job, options);
      forgetCorrections(of.job);
      go(link(["tables", of.table, "jobs", "import", job]));
    });
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {found.rows.length > shown.length && (
        <p class="notice notice-warn">{t("correct.most", { n: shown.length, total: found.rows.length })}</p>
      )}
      <div class="card">
        <table class="list list-dense correct">
          <thead>
            <tr>
              <th scope="col" class="right">
                {t("job.line")}
              </th>
              <th scope="col">{t("job.reason")}</th>
              {found.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">
                <span class="away">{t("correct.leave")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ line, fields, reason }, row) => (
              <tr key={row} class={left.has(row) ? "left-out" : ""}>
                <td class="right">{line}</td>
                <td class="wrap reason">{reason}</td>
                {found.columns.map((name, column) => (
                  <td key={name}>
                    <input
                      type="text"
                      class={fields.includes(name) ? "cell-input cell-bad" : "cell-input"}
                      aria-label={t("correct.cell", { column: name, line })}
                      disabled={left.has(row)}
                      value={cells[row]?.[column] ?? ""}
                      onInput={(event) => set(row, column, event.currentTarget.value)}
                    />
                  </td>
                ))}
                <td>
                  <button
                    type="button"
                    class="button button-icon"
                    aria-label={t("correct.leave")}
                    aria-pressed={left.has(row)}
                    onClick={() => leave(row)}
                  >
                    ×
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error !== undefined && <Failure error={error} />}
      <div class="actions">
        <button type="submit" class="button button-primary" disabled={busy || left.size === shown.length}>
          {t("correct.send")}
        </button>
      </div>
    </form>
  );
}
