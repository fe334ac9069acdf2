import type { Table } from "../api/tables";
import { link } from "../router";
import { mayEdit } from "../state/session";
import { t } from "../words";

/** Above the title of a table's page: the way back. */
export function Crumbs({ table }: { table?: Pick<Table, "id" | "name"> | undefined }) {
  return (
    <>
      <a href="#/tables">{t("nav.tables")}</a>
      {table && (
        <>
          <span aria-hidden="true"> / </span>
          <a href={link(["tables", table.id])}>{table.name}</a>
        </>
      )}
    </>
  );
}

export function TableActions({ table, query }: { table: Table; query?: Record<string, string> }) {
  return (
    <>
      <a class="button" href={link(["tables", table.id, "jobs"])}>
        {t("table.jobs")}
      </a>
      {mayEdit(table.id) && (
        <a class="button" href={link(["tables", table.id, "import"])}>
          {t("table.import")}
        </a>
      )}
      <a class="button button-primary" href={link(["tables", table.id, "export"], query)}>
        {t("table.export")}
      </a>
    </>
  );
}
