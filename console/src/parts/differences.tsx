import { readCells } from "../failed-rows";
import { t } from "../words";
import { useLoad } from "./load";

const MOST_BYTES = 200_000;
const MOST_LINES = 300;
const TAGS: Record<string, string> = { new: "tag tag-good", changed: "tag tag-warn", deleted: "tag tag-bad" };
const COLUMNS = ["key", "change", "column", "before", "after"];

/** The first differences that a dry run found; nothing where their file is no CSV file. */
export function Differences({ url }: { url: string }) {
  const { data } = useLoad(() => firstDifferences(url), url);
  if (!data?.lines.length) return null;
  const [header, ...lines] = [data.header, ...data.lines];
  const at = COLUMNS.map((name) => header.indexOf(name));
  return (
    <section class="card">
      <div class="card-head">
        <h2>{t("config.difference")}</h2>
        {data.cut && <p class="help">{t("job.differences.first", { n: lines.length })}</p>}
      </div>
      <div class="sample" role="region" aria-label={t("config.difference")} tabIndex={0}>
        <table class="list list-dense">
          <thead>
            <tr>
              <th scope="col">{t("job.key")}</th>
              <th scope="col">{t("job.change")}</th>
              <th scope="col">{t("job.field")}</th>
              <th scope="col">{t("config.before")}</th>
              <th scope="col">{t("config.after")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((cells, row) => (
              <tr key={row}>
                {at.map((index, column) => (
                  <td key={column}>
                    <span class={column === 1 ? (TAGS[cells[index] ?? ""] ?? "tag") : "clip"}>{cells[index]}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface FirstDifferences {
  header: string[];
  lines: string[][];
  /** There are more. */
  cut: boolean;
}

async function firstDifferences(url: string): Promise<FirstDifferences | undefined> {
  const response = await fetch(url);
  const reader = response.ok ? response.body?.getReader() : undefined;
  if (!reader) return undefined;
  const decoder = new TextDecoder();
  let text = "";
  let ended = false;
  while (!ended && text.length < MOST_BYTES) {
    const { done, value } = await reader.read();
    ended = done;
    text += decoder.decode(value, { stream: !done });
  }
  await reader.cancel();
  if (!/^\uFEFF?row[,\t]/.test(text)) return undefined;
  const [header = [], ...lines] = readCells(text, text.includes("row\t") ? "\t" : ",");
  // The last line may be cut off.
  const whole = ended ? lines : lines.slice(0, -1);
  return { header, lines: whole.slice(0, MOST_LINES), cut: !ended || whole.length > MOST_LINES };
}
