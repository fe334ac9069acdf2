import { type Change, linesOf } from "../difference";
import { t } from "../words";

const OPEN = 20; // changes that are unfolded at first
const TAGS = { added: "tag tag-good", changed: "tag tag-warn", removed: "tag tag-bad" };
const MARKS = { same: " ", added: "+", removed: "−" };

/** What would change or has changed, item by item. */
export function Changes({ changes }: { changes: Change[] }) {
  if (!changes.length) return <p class="notice">{t("config.same")}</p>;
  return (
    <div class="changes">
      {changes.map(({ section, name, kind, before, after }, at) => (
        <details key={`${section}/${name}`} class="card" open={at < OPEN}>
          <summary class="change-head">
            <span class={TAGS[kind]}>{t(`config.${kind}`)}</span> <span class="quiet">{section}</span>{" "}
            {name}
          </summary>
          <pre class="lines" tabIndex={0} aria-label={name}>
            {linesFor(before, after).map((line, index) => (
              <span key={index} class={`line line-${line.kind}`}>
                {MARKS[line.kind]} {line.text}
                {"\n"}
              </span>
            ))}
          </pre>
        </details>
      ))}
    </div>
  );
}

function linesFor(before: string | undefined, after: string | undefined) {
  const whole = (text: string, kind: "added" | "removed") =>
    text.split("\n").map((line) => ({ text: line, kind }));
  if (before === undefined) return whole(after ?? "", "added");
  return after === undefined ? whole(before, "removed") : linesOf(before, after);
}
