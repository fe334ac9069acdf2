import { useState } from "preact/hooks";
import { type ByItem, type ConfigDocument, currentDocument, importStatus } from "../api/configuration";
import { readable } from "../difference";
import { FailedItems } from "../parts/failed-items";
import { Highlighted } from "../parts/highlighted";
import { Empty, Load, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { link, replace, route } from "../router";
import { mayEditAll } from "../state/session";
import { t } from "../words";
import { ConfigHistory } from "./config-history";
import { ConfigImport } from "./config-import";
import { ConfigTasks } from "./config-tasks";

export function ConfigurationPage() {
  const here = route.value.path[1] ?? "document";
  const places = [
    ["document", t("config.document")],
    ...(mayEditAll.value ? [["import", t("config.import")]] : []),
    ["history", t("config.history")],
    ["tasks", t("config.tasks")],
  ] as [string, string][];
  return (
    <Page title={t("config.title")} lead={t("config.lead")}>
      <nav class="tabs" aria-label={t("config.title")}>
        {places.map(([place, word]) => (
          <a key={place} href={link(["configuration", place])} aria-current={here === place ? "page" : undefined}>
            {word}
          </a>
        ))}
      </nav>
      {here === "import" ? (
        <ConfigImport />
      ) : here === "history" ? (
        <ConfigHistory />
      ) : here === "tasks" ? (
        <ConfigTasks />
      ) : (
        <Document />
      )}
    </Page>
  );
}

function Document() {
  const document = useLoad(currentDocument, "current");
  const status = useLoad(importStatus, "status").data ?? {};
  return (
    <Load of={document}>
      {(found) =>
        Object.keys(found).length ? (
          <>
            <FailedItems title={t("config.status")} items={status} />
            <Tree document={found} status={status} />
          </>
        ) : (
          <Empty title={t("config.empty")} help={t("config.empty.help")}>
            {mayEditAll.value && (
              <a class="button button-primary" href={link(["configuration", "import"])}>
                {t("config.import")}
              </a>
            )}
          </Empty>
        )
      }
    </Load>
  );
}

const MOST = 500; // items of a section that are listed; a search finds the others

function Tree({ document, status }: { document: ConfigDocument; status: ByItem }) {
  const [text, setText] = useState("");
  const { query } = route.value;
  const [section, name] = [query.get("section") ?? "", query.get("item") ?? ""];
  const item = document[section]?.[name];
  const fits = (one: string) => one.toLowerCase().includes(text.toLowerCase());
  return (
    <div class="tree">
      <div class="card card-pad tree-list">
        <input
          class="search"
          type="search"
          aria-label={t("config.search")}
          placeholder={t("config.search")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {Object.entries(document).map(([title, items]) => {
          const names = Object.keys(items).filter(fits);
          return names.length ? (
            <details key={title} open={names.length <= 30 || title === section}>
              <summary>
                {title} <span class="quiet">{t("config.items", { n: names.length })}</span>
              </summary>
              <ul>
                {names.slice(0, MOST).map((one) => (
                  <li key={one}>
                    <a
                      href={link(["configuration", "document"], { section: title, item: one })}
                      aria-current={title === section && one === name ? "true" : undefined}
                      onClick={(event) => {
                        event.preventDefault();
                        replace(link(["configuration", "document"], { section: title, item: one }));
                      }}
                    >
                      {one}
                      {status[title]?.[one] && (
                        <>
                          {" "}
                          <span class="tag tag-bad">{t("config.faulty")}</span>
                        </>
                      )}
                    </a>
                  </li>
                ))}
              </ul>
            </details>
          ) : null;
        })}
      </div>
      <div class="card card-pad tree-item" aria-live="polite">
        {item === undefined ? (
          <p class="quiet">{t("config.choose")}</p>
        ) : (
          <>
            <p class="quiet">{section}</p>
            <h2>{name}</h2>
            {status[section]?.[name] && <p class="notice notice-bad">{status[section]?.[name]}</p>}
            <Highlighted text={readable(item)} label={name} />
          </>
        )}
      </div>
    </div>
  );
}
