import type { ComponentChildren } from "preact";
import { Empty } from "../parts/load";
import { route } from "../router";
import { t } from "../words";
import { AccountPage } from "./account";
import { AttachPage } from "./attach";
import { ConfigurationPage } from "./configuration";
import { ExportPage } from "./export";
import { ImportPage, NewTablePage } from "./import";
import { JobPage } from "./job";
import { JobsPage } from "./jobs";
import { CorrectPage } from "./correct";
import { TablePage } from "./table";
import { TablesPage } from "./tables";
import { UsersPage } from "./users";

/** The page that the address names. */
export function Current() {
  const { path } = route.value;
  return <>{pageOf(path) ?? <NoPage />}</>;
}

function pageOf(path: string[]): ComponentChildren | undefined {
  const [place = "tables", id, what, operation, job, more] = path;
  if (place === "jobs" && path.length === 1) return <JobsPage />;
  if (place === "users") return <UsersPage />;
  if (place === "account") return <AccountPage />;
  if (place === "configuration") return <ConfigurationPage />;
  if (place === "attach") return <AttachPage />;
  if (place === "new-table") return <NewTablePage />;
  if (place !== "tables") return undefined;
  if (id === undefined) return <TablesPage />;
  const table = Number(id);
  if (!Number.isSafeInteger(table)) return undefined;
  if (what === undefined) return <TablePage key={table} id={table} />;
  if (what === "export") return <ExportPage key={table} id={table} />;
  if (what === "import") return <ImportPage key={table} id={table} />;
  if (what !== "jobs") return undefined;
  if (operation === undefined) return <JobsPage key={table} table={table} />;
  if ((operation !== "export" && operation !== "import") || !job) return undefined;
  const of = { table, operation, job } as const;
  if (more === "correct") return <CorrectPage key={job} of={of} />;
  return <JobPage key={job} of={of} />;
}

function NoPage() {
  return (
    <Empty title={t("app.notFound")} help={t("app.notFound.help")}>
      <a class="button button-primary" href="#/tables">
        {t("nav.tables")}
      </a>
    </Empty>
  );
}
