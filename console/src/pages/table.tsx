import { useEffect, useMemo, useState } from "preact/hooks";
import { type Field, type Table, getTable } from "../api/tables";
import { type ChosenColumn, chosenFrom, columnsFromQuery, columnsToQuery, shownOf } from "../columns";
import { CellEditor } from "../parts/cell-editor";
import { ColumnChooser } from "../parts/column-chooser";
import { Dialog } from "../parts/dialog";
import { Filter } from "../parts/filter";
import { Grid, type GridColumn } from "../parts/grid";
import { Empty, Failure, Load, Loading, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { Crumbs, TableActions } from "../parts/table-head";
import { textOf } from "../parts/value";
import { link, replace, route } from "../router";
import { RowPages } from "../state/rows";
import { mayEdit } from "../state/session";
import { type Condition, compile, fromQuery, toQuery } from "../where";
import { t } from "../words";

const TIMES = new Set(["created_at", "updated_at"]);
const RIGHT = new Set(["integer", "number"]);
const SORTED = new Set(["string", "integer", "number", "boolean", "date"]);
const DELAY_MS = 350; // while a condition is being typed

export function TablePage({ id }: { id: number }) {
  const table = useLoad(() => getTable(id), id);
  return <Load of={table}>{(found) => <Rows table={found} />}</Load>;
}

function Rows({ table }: { table: Table }) {
  const { query } = route.value;
  const order = query.get("order") ?? "";
  const [conditions, setConditions] = useState<Condition[]>(() => fromQuery(query.get("filter")));
  const filter = toQuery(conditions);
  const { where, bad } = compile(conditions, table.schema.fields);
  const settled = useSettled(where);
  const fields = useMemo(() => ownFirst(table.schema.fields), [table]);
  const names = fields.map(({ name }) => name);
  const [chosen, setChosen] = useState(() => chosenFrom(names, columnsFromQuery(query.get("columns"))));
  const columns = columnsToQuery(chosen, names);
  const asked = { filter, order, columns };
  // The address names what is shown, so that it can be sent to others and gone back to.
  useEffect(() => replace(link(["tables", table.id], asked)), [filter, order, columns]);
  const pages = useMemo(
    () => new RowPages(table.id, { ...(settled && { where: settled }), ...(order && { order }) }),
    [table.id, settled, order],
  );
  const total = pages.total.value;
  return (
    <Page
      full
      title={table.name}
      lead={total === undefined ? undefined : t("table.rows.count", { n: total })}
      above={<Crumbs />}
      actions={<TableActions table={table} query={asked} />}
    >
      {table.attached ? (
        <Empty title={t("table.attachedRows")} help={t("table.attachedRows.help")} />
      ) : (
        <>
          <div class="filters">
            <Filter fields={table.schema.fields} conditions={conditions} onConditions={setConditions} />
            <Columns chosen={chosen} names={names} onChosen={setChosen} />
          </div>
          {bad
            .filter(({ value }) => value)
            .map(({ column, value }) => (
              <p key={column} class="help help-bad" role="alert">
                {t("filter.bad", { column, value })}
              </p>
            ))}
          <RowGrid
            table={table}
            fields={shownOf(chosen).flatMap((name) => fields.find((field) => field.name === name) ?? [])}
            pages={pages}
            order={order}
            filtered={where !== undefined}
          />
        </>
      )}
    </Page>
  );
}

interface ColumnsProps {
  chosen: ChosenColumn[];
  names: string[];
  onChosen: (chosen: ChosenColumn[]) => void;
}

/** Which columns the grid shows, and in which order. */
function Columns({ chosen, names, onChosen }: ColumnsProps) {
  const [open, setOpen] = useState(false);
  const hidden = names.length - shownOf(chosen).length;
  return (
    <>
      <button type="button" class="button button-quiet" onClick={() => setOpen(true)}>
        {hidden ? t("table.columns.hidden", { n: hidden }) : t("table.columns")}
      </button>
      {open && (
        <Dialog title={t("table.columns")} onClose={() => setOpen(false)}>
          <ColumnChooser label={t("table.columns")} columns={chosen} names={names} onColumns={onChosen} />
          <div class="actions">
            <button type="button" class="button button-primary" onClick={() => setOpen(false)}>
              {t("columns.done")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

interface RowGridProps {
  table: Table;
  /** In the order of the columns. */
  fields: Field[];
  pages: RowPages;
  order: string;
  filtered: boolean;
}

function RowGrid({ table, fields, pages, order, filtered }: RowGridProps) {
  const [wrong, setWrong] = useState("");
  useEffect(() => pages.show(0, 1), [pages]);
  void pages.version.value;
  const columns = fields.map((field) => columnOf(field, order));
  const total = pages.total.value;
  if (pages.error.value !== undefined) {
    return <Failure error={pages.error.value} retry={pages.retry} />;
  }
  if (total === undefined) return <Loading />;
  if (total === 0) {
    return filtered ? (
      <Empty title={t("table.noMatch")} help={t("table.noMatch.help")} />
    ) : (
      <Empty title={t("table.empty")} help={t("table.empty.help")} />
    );
  }
  const cell = (at: number, column: number) => {
    const row = pages.row(at);
    const field = fields[column];
    if (!row || !field) return undefined;
    const text = textOf(row[field.name], TIMES.has(field.name));
    return <span title={text}>{text}</span>;
  };
  const editor = (at: number, column: number, close: () => void) => {
    const row = pages.row(at);
    const field = fields[column];
    if (!row || !field || BUILT_IN.has(field.name) || !mayEdit(table.id)) return undefined;
    return (
      <CellEditor
        table={table.id}
        fields={fields}
        field={field}
        row={row}
        onSaved={(saved) => pages.put(at, saved)}
        onError={setWrong}
        onClose={() => {
          setWrong("");
          close();
        }}
      />
    );
  };
  return (
    <>
      <div role="alert">{wrong && <p class="notice notice-bad">{wrong}</p>}</div>
      <Grid
        label={t("table.grid", { table: table.name })}
        columns={columns}
        rows={total}
        cell={cell}
        editor={editor}
        onView={pages.show}
      />
    </>
  );
}

const BUILT_IN = new Set(["id", "created_by", "created_at", "updated_at"]);

/** What people look for stands before what every table has. */
function ownFirst(fields: Field[]): Field[] {
  const builtIn = ({ name }: Field) => BUILT_IN.has(name);
  return [...fields.filter((field) => !builtIn(field)), ...fields.filter(builtIn)];
}

function columnOf({ name, type }: Field, order: string): GridColumn {
  const sort = order === name ? "ascending" : order === `-${name}` ? "descending" : undefined;
  return {
    key: name,
    title: SORTED.has(type) ? <Sort column={name} sort={sort} /> : name,
    width: name === "id" ? 220 : TIMES.has(name) ? 180 : RIGHT.has(type) ? 130 : 200,
    sort,
    right: RIGHT.has(type) && !TIMES.has(name),
  };
}

function Sort({ column, sort }: { column: string; sort: GridColumn["sort"] }) {
  const next = sort === undefined ? column : sort === "ascending" ? `-${column}` : "";
  const change = () => {
    const { path, query } = route.value;
    replace(link(path, { ...Object.fromEntries(query), order: next }));
  };
  return (
    <button
      type="button"
      class="sort"
      aria-label={t("table.sort", { column })}
      onClick={change}
    >
      <span>{column}</span>
      <span aria-hidden="true">{sort === "ascending" ? "↑" : sort === "descending" ? "↓" : ""}</span>
    </button>
  );
}

/** The value once it has stayed for a moment: not every letter typed is asked for. */
function useSettled(value: string | undefined): string | undefined {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), DELAY_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
