import type { Mapping, Preview } from "../api/imports";
import type { Field, FieldType, Table } from "../api/tables";
import { type Handling, type Written, MODES, optionsFor } from "../state/import-form";
import { formatNumber, t } from "../words";
import { Check, Select, SelectField, TextField } from "./field";
import { LimitsForm } from "./limits-form";
import { SampleRows } from "./sample-rows";
import { textOf } from "./value";

const CHOICES: Partial<Record<keyof Written, string[]>> = {
  encoding: ["utf-8", "gb18030", "utf-16", "windows-1252", "windows-1250", "iso-8859-1", "shift_jis", "big5", "euc-kr"],
  delimiter: ["comma", "semicolon", "tab", "pipe"],
  decimal: [".", ","],
};
const DELIMITERS = ["comma", "semicolon", "tab", "pipe"] as const;
const TYPES: FieldType[] = ["string", "integer", "number", "boolean", "date", "array", "object"];
const IGNORED = "\0"; // no column has NUL in its name
const BY_NAME = "";

interface ReadingFormProps {
  /** Its name. */
  file: string;
  preview: Preview | undefined;
  written: Written;
  onWritten: (written: Written) => void;
}

/** How the file is read: what was detected, each to be overruled. */
export function ReadingForm({ file, preview, written, onWritten }: ReadingFormProps) {
  const type = preview?.file_type ?? /\.(\w+)(\.gz)?$/.exec(file)?.[1]?.toLowerCase() ?? "csv";
  return (
    <fieldset class="card card-pad">
      <legend>{t("import.reading")}</legend>
      <div class="row-of-fields">
        {optionsFor(type).map((name) => {
          const found = preview?.detected[name];
          const help =
            found === undefined || found === null ? undefined : t("import.detected", { value: shown(name, found) });
          const set = (value: string) => onWritten({ ...written, [name]: value });
          const choices = CHOICES[name];
          return choices ? (
            <SelectField
              key={name}
              label={t(`opt.${name}`)}
              help={help}
              value={written[name]}
              choices={[
                { value: "", label: t("import.auto") },
                ...choices.map((value) => ({ value, label: shown(name, value) })),
              ]}
              onValue={set}
            />
          ) : (
            <TextField
              key={name}
              label={t(`opt.${name}`)}
              help={help}
              value={written[name]}
              placeholder={name === "date_format" ? "DD.MM.YYYY" : t("import.auto")}
              onValue={set}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

function shown(option: keyof Written, value: unknown): string {
  const text = textOf(value);
  if (option !== "delimiter") return text;
  const named = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe" }[text] ?? text;
  const known = DELIMITERS.find((name) => name === named);
  return known ? t(`delimiter.${known}`) : text;
}

interface MappingFormProps {
  preview: Preview;
  fields: Field[];
  mapping: Mapping;
  onMapping: (mapping: Mapping) => void;
  onSuggested: () => void;
}

/** Which column of the table each column of the file becomes. */
export function MappingForm({ preview, fields, mapping, onMapping, onSuggested }: MappingFormProps) {
  const targets = fields.map(({ name }) => ({ value: name, label: name }));
  const set = (column: string, to: string) => {
    const { [column]: _, ...others } = mapping;
    if (to === BY_NAME) onMapping(others);
    else onMapping({ ...others, [column]: to === IGNORED ? null : to });
  };
  const suggests = Object.keys(preview.suggested.columns ?? {}).length > 0;
  return (
    <section class="card">
      <div class="card-head">
        <div>
          <h2>{t("import.mapping")}</h2>
          <p class="help">{t("import.mapping.help")}</p>
        </div>
        {suggests && (
          <button type="button" class="button" onClick={onSuggested}>
            {t("import.suggest")}
          </button>
        )}
      </div>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{t("import.ofFile")}</th>
            <th scope="col" class="wide-only">
              {t("import.examples")}
            </th>
            <th scope="col">{t("import.becomes")}</th>
          </tr>
        </thead>
        <tbody>
          {preview.columns.map((column) => (
            <tr key={column.name}>
              <th scope="row">
                {column.name} <span class="quiet">{column.type}</span>
              </th>
              <td class="wide-only quiet">
                <span class="clip">{(column.examples ?? []).slice(0, 3).map((one) => textOf(one)).join(" · ")}</span>
              </td>
              <td>
                <Select
                  label={`${t("import.becomes")}: ${column.name}`}
                  value={column.name in mapping ? targetOf(mapping[column.name]) : (column.column ?? IGNORED)}
                  choices={[{ value: IGNORED, label: t("import.ignore") }, ...targets]}
                  onValue={(to) => set(column.name, to)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function targetOf(entry: unknown): string {
  if (typeof entry === "string") return entry;
  const to = (entry as { to?: unknown } | null)?.to;
  return typeof to === "string" ? to : IGNORED;
}

interface NewTableFormProps {
  name: string;
  onName: (name: string) => void;
  fields: Field[];
  onFields: (fields: Field[]) => void;
}

/** The table that the file proposes, to be edited. */
export function NewTableForm({ name, onName, fields, onFields }: NewTableFormProps) {
  const change = (at: number, by: Partial<Field>) =>
    onFields(fields.map((field, index) => (index === at ? { ...field, ...by } : field)));
  return (
    <section class="card">
      <div class="card-head">
        <TextField
          label={t("import.tableName")}
          help={t("import.tableName.help")}
          required
          value={name}
          onValue={onName}
        />
      </div>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{t("filter.column")}</th>
            <th scope="col">{t("import.type")}</th>
            <th scope="col">{t("import.required")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field, at) => (
            <tr key={field.name}>
              <th scope="row">{field.name}</th>
              <td>
                <Select
                  label={`${t("import.type")}: ${field.name}`}
                  value={field.type}
                  choices={TYPES.map((type) => ({ value: type, label: type }))}
                  onValue={(type) => change(at, { type: type as FieldType })}
                />
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={`${t("import.required")}: ${field.name}`}
                  checked={field.constraints?.required ?? false}
                  onChange={(event) => change(at, { constraints: { required: event.currentTarget.checked } })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What would be stored, and what would fail. */
export function PreviewRows({ preview }: { preview: Preview }) {
  const { rows_read, rows_failing, rows, problems, whole } = preview;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <section class="card card-pad stack" aria-live="polite">
      <h2>{t("import.preview")}</h2>
      <p class={rows_failing ? "notice notice-warn" : "notice notice-good"}>
        {rows_failing
          ? t("import.preview.bad", { n: rows_read, bad: rows_failing })
          : t("import.preview.ok", { n: rows_read })}{" "}
        {!whole && t("import.preview.part")}
      </p>
      {rows.length > 0 && (
        <SampleRows label={t("import.preview")} columns={columns} rows={rows.slice(0, 10)} />
      )}
      {problems.length > 0 && (
        <div class="sample" role="region" aria-label={t("import.problems")} tabIndex={0}>
          <table class="list list-dense">
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
              {problems.map(({ line, column, reason }, at) => (
                <tr key={at}>
                  <td class="right">{line === undefined ? "" : formatNumber(line)}</td>
                  <td>{column ? <span class="tag tag-warn">{column}</span> : t("job.wholeRow")}</td>
                  <td class="wrap">{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface HandlingFormProps {
  table: Table;
  handling: Handling;
  onHandling: (handling: Handling) => void;
}

/** By what rows are matched, and what becomes of those that are there. */
export function HandlingForm({ table, handling, onHandling }: HandlingFormProps) {
  const keys = table.attached
    ? [table.attached.keys]
    : [["id"], ...table.indexes.map(({ fields }) => fields)];
  const choices = keys.map((columns) => ({ value: columns.join(","), label: columns.join(" + ") }));
  return (
    <fieldset class="card card-pad stack">
      <legend>{t("import.rows")}</legend>
      <div class="row-of-fields">
        <SelectField
          label={t("import.match")}
          value={handling.match}
          choices={[{ value: "", label: t("import.match.none") }, ...choices]}
          onValue={(match) => onHandling({ ...handling, match })}
        />
        {handling.match && (
          <SelectField
            label={t("import.mode")}
            value={handling.mode}
            choices={MODES.map((mode) => ({ value: mode, label: t(`mode.${mode}`) }))}
            onValue={(mode) => onHandling({ ...handling, mode })}
          />
        )}
      </div>
      {!table.attached && (
        <Check
          label={t("import.undoable")}
          checked={handling.undoable}
          onChecked={(undoable) => onHandling({ ...handling, undoable })}
        />
      )}
      <LimitsForm limits={handling.limits} onLimits={(limits) => onHandling({ ...handling, limits })} />
    </fieldset>
  );
}
