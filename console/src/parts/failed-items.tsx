import type { ByItem } from "../api/configuration";
import { t } from "../words";

/** Items of a configuration with what is wrong with each. */
export function FailedItems({ title, items }: { title: string; items: ByItem | string }) {
  const rows =
    typeof items === "string"
      ? []
      : Object.entries(items).flatMap(([section, found]) =>
          Object.entries(found).map(([name, reason]) => ({ section, name, reason })),
        );
  if (!items.length && !rows.length) return null;
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      {typeof items === "string" ? (
        <pre>{items}</pre>
      ) : (
        <dl class="failed-items">
          {rows.map(({ section, name, reason }) => (
            <div key={`${section}/${name}`}>
              <dt>
                <span class="quiet">{t("config.section", { section })}</span> {name}
              </dt>
              <dd>{reason}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
