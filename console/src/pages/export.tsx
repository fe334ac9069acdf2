import { useEffect, useState } from "preact/hooks";
import { type Estimate, type ExportOrder, FILE_TYPES, PACKED, estimateExport, startExport } from "../api/exports";
import { NO_LIMITS } from "../api/jobs";
import { type Table, getTable, listRows } from "../api/tables";
import { columnsFromQuery, columnsToQuery, chosenFrom, shownOf } from "../columns";
import { ColumnChooser } from "../parts/column-chooser";
import { Check, SelectField, TextField } from "../parts/field";
import { Filter, localOf, secondsOf } from "../parts/filter";
import { LimitsForm } from "../parts/limits-form";
import { Failure, Load, useAction, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { SampleRows } from "../parts/sample-rows";
import { Crumbs } from "../parts/table-head";
import { go, link, replace, route } from "../router";
import { type Condition, compile, fromQuery, toQuery } from "../where";
import { formatBytes, formatDollars, formatDuration, formatNumber, t } from "../words";

const PREVIEWED = 5;
const SORTED = new Set(["string", "integer", "number", "boolean", "date"]);
const TIMES = ["created_at", "updated_at"];

export function ExportPage({ id }: { id: number }) {
  const table = useLoad(() => getTable(id), id);
  return <Load of={table}>{(found) => <ExportForm table={found} />}</Load>;
}

function ExportForm({ table }: { table: Table }) {
  const { query } = route.value;
  const { fields } = table.schema;
  const asked = query.get("order") ?? "";
  const [fileType, setFileType] = useState(() => FILE_TYPES.find((type) => type === query.get("format")) ?? "csv");
  const names = fields.map(({ name }) => name);
  const [chosen, setChosen] = useState(() => chosenFrom(names, columnsFromQuery(query.get("columns"))));
  const columns = shownOf(chosen);
  const [conditions, setConditions] = useState<Condition[]>(() => fromQuery(query.get("filter")));
  const [start, setStart] = useState(query.get("start") ?? "");
  const [end, setEnd] = useState(query.get("end") ?? "");
  const [order, setOrder] = useState(asked.replace(/^-/, ""));
  const [descending, setDescending] = useState(asked.startsWith("-"));
  const [compress, setCompress] = useState(false);
  const [readable, setReadable] = useState(false);
  const [defuse, setDefuse] = useState(false);
  const [limits, setLimits] = useState(NO_LIMITS);
  const [estimated, setEstimated] = useState<Estimate>();
  const { busy, error, run } = useAction();
  const { where, bad } = compile(conditions, fields);
  const text = fileType === "csv" || fileType === "tsv";
  const times = !table.attached && fileType !== "dynamodb";

  const kept = {
    format: fileType,
    columns: columnsToQuery(chosen, names),
    filter: toQuery(conditions),
    start,
    end,
    order: (descending ? "-" : "") + order,
  };
  // The address keeps what is chosen: for the way back, and for a colleague.
  useEffect(() => replace(link(["tables", table.id, "export"], kept)), [JSON.stringify(kept)]);
  // Items of attached tables have attributes that are no columns: all of them, where none is left out.
  const whole = fileType === "dynamodb" ? columns.length === names.length : !columnsToQuery(chosen, names);

  const made = (): ExportOrder => ({
    file_type: fileType,
    ...(where && { where }),
    ...(start && { start: Number(start) }),
    ...(end && { end: Number(end) }),
    order_by: order ? [(descending ? "-" : "") + order] : descending ? ["-created_at"] : [],
    include_keys: whole ? [] : columns,
    compress,
    readable_times: readable && times ? TIMES.filter((name) => columns.includes(name)) : [],
    defuse_formulas: defuse && text,
    limits,
  });
  const estimate = () => run(async () => setEstimated(await estimateExport(table.id, made())));
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const job = await startExport(table.id, made());
      go(link(["tables", table.id, "jobs", "export", job]));
    });
  };

  return (
    <Page title={t("export.title", { table: table.name })} above={<Crumbs table={table} />}>
      <form class="form" onSubmit={submit}>
        <fieldset class="card card-pad">
          <legend>{t("export.format")}</legend>
          <div class="choices">
            {FILE_TYPES.map((type) => (
              <label key={type} class="choice">
                <input
                  type="radio"
                  name="format"
                  checked={type === fileType}
                  onChange={() => setFileType(type)}
                />
                <span>{t(`export.format.${type}`)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset class="card card-pad">
          <legend>{t("export.columns")}</legend>
          <ColumnChooser label={t("export.columns")} columns={chosen} names={names} onColumns={setChosen} />
        </fieldset>
        <fieldset class="card card-pad stack">
          <legend>{t("export.rows")}</legend>
          <Filter fields={fields} conditions={conditions} onConditions={setConditions} />
          <div class="row-of-fields">
            <TextField
              label={t("export.from")}
              type="datetime-local"
              value={localOf(start)}
              onValue={(value) => setStart(secondsOf(value))}
            />
            <TextField
              label={t("export.to")}
              type="datetime-local"
              value={localOf(end)}
              onValue={(value) => setEnd(secondsOf(value))}
            />
            <SelectField
              label={t("export.order")}
              value={order}
              choices={[
                { value: "", label: t("export.order.default") },
                ...fields.filter(({ type }) => SORTED.has(type)).map(({ name }) => ({ value: name, label: name })),
              ]}
              onValue={setOrder}
            />
            <Check label={t("export.descending")} checked={descending} onChecked={setDescending} />
          </div>
          {!table.attached && <ExportSample table={table} where={where} columns={columns} />}
        </fieldset>
        <fieldset class="card card-pad">
          <legend>{t("export.options")}</legend>
          {!PACKED.has(fileType) && (
            <Check label={t("export.gzip")} checked={compress} onChecked={setCompress} />
          )}
          {times && (
            <Check label={t("export.times")} checked={readable} onChecked={setReadable} />
          )}
          {text && <Check label={t("export.defuse")} checked={defuse} onChecked={setDefuse} />}
          <LimitsForm limits={limits} onLimits={setLimits} />
        </fieldset>
        {error !== undefined && <Failure error={error} />}
        <div role="status">{estimated && <Estimated of={estimated} />}</div>
        <div class="actions">
          <button
            type="button"
            class="button"
            disabled={busy || !columns.length || bad.length > 0}
            onClick={estimate}
          >
            {t("export.estimate")}
          </button>
          <button
            type="submit"
            class="button button-primary"
            disabled={busy || !columns.length || bad.length > 0}
          >
            {t("export.start")}
          </button>
        </div>
      </form>
    </Page>
  );
}

function Estimated({ of }: { of: Estimate }) {
  const rows = of.exact ? formatNumber(of.rows) : `≈ ${formatNumber(of.rows)}`;
  return (
    <p class={of.refused ? "notice notice-warn" : "notice"}>
      {t("export.estimated", {
        rows,
        size: formatBytes(of.file_bytes),
        time: formatDuration(of.minutes * 60),
        dollars: formatDollars(of.dollars.total),
      })}{" "}
      {of.refused}
    </p>
  );
}

interface SampleProps {
  table: Table;
  where: string | undefined;
  columns: string[];
}

function ExportSample({ table, where, columns }: SampleProps) {
  const rows = useLoad(
    () => listRows(table.id, where ? { where } : {}, 0, PREVIEWED),
    `${table.id} ${where}`,
  );
  if (rows.error !== undefined) return <p class="help">{t("export.rows.unknown")}</p>;
  return (
    <div class="stack" aria-live="polite">
      {rows.data && <p class="help">{t("export.rows.match", { n: rows.data.meta.total_count })}</p>}
      {rows.data && rows.data.objects.length > 0 && columns.length > 0 && (
        <SampleRows label={t("export.preview")} columns={columns} rows={rows.data.objects} />
      )}
    </div>
  );
}
