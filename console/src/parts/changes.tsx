import type { Change } from "../api/configuration";
import { type Line, type Pair, linesOf, pairsOf, readable } from "../difference";
import { wide } from "../state/width";
import { t } from "../words";

const OPEN = 20; // changes that are unfolded at first
const TAGS = { added: "tag tag-good", changed: "tag tag-warn", removed: "tag tag-bad" };
const MARKS = { same: " ", added: "+", removed: "−" };

interface ChangesProps {
  changes: Change[];
  /** What the sides are called. */
  before: string;
  after: string;
}

/** What would change or has changed, item by item; side by side where there is room. */
export function Changes({ changes, before, after }: ChangesProps) {
  if (!changes.length) return <p class="notice">{t("config.same")}</p>;
  return (
    <div class="changes">
      {changes.map((change, at) => (
        <details key={`${change.section}/${change.name}`} class="card" open={at < OPEN}>
          <summary class="change-head">
            <span class={TAGS[change.kind]}>{t(`config.${change.kind}`)}</span>{" "}
            <span class="quiet">{change.section}</span> {change.name}
          </summary>
          {change.kind === "changed" && wide.value ? (
            <Sides name={change.name} pairs={pairsOf(linesFor(change))} before={before} after={after} />
          ) : (
            <pre class="lines" tabIndex={0} aria-label={change.name}>
              {linesFor(change).map((line, index) => (
                <LineText key={index} line={line} />
              ))}
            </pre>
          )}
        </details>
      ))}
    </div>
  );
}

function Sides({ name, pairs, before, after }: { name: string; pairs: Pair[]; before: string; after: string }) {
  return (
    <table class="sides" aria-label={name}>
      <thead>
        <tr>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(([left, right], at) => (
          <tr key={at}>
            {[left, right].map((line, side) => (
              <td key={side} class={line ? undefined : "side-none"}>
                {line && <LineText line={line} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LineText({ line }: { line: Line }) {
  return (
    <span class={`line line-${line.kind}`}>
      {MARKS[line.kind]} {line.text}
      {"\n"}
    </span>
  );
}

function linesFor({ before, after }: Change): Line[] {
  const whole = (text: string, kind: "added" | "removed") =>
    readable(text)
      .split("\n")
      .map((line) => ({ text: line, kind }));
  if (before === undefined) return whole(after ?? "", "added");
  return after === undefined ? whole(before, "removed") : linesOf(readable(before), readable(after));
}
