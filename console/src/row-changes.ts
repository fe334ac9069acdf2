import type { Field, Row } from "./api/tables";
import { textOf } from "./parts/value";

export interface ChangedColumn {
  name: string;
  yours: string;
  now: string;
}

/**
 * What sets a row as a person sees it, with `text` for the edited column, apart from the row as it
 * is now. The edited column comes first. Empty where nobody has changed what the person saw.
 */
export function changesOf(fields: Field[], edited: string, text: string, seen: Row, now: Row): ChangedColumn[] {
  const changed = fields
    .map(({ name }) => ({ name, yours: textOf(seen[name]), now: textOf(now[name]) }))
    // Whoever sets it changes another column with it, or nothing.
    .filter(({ name, yours, now }) => name !== "updated_at" && yours !== now);
  if (!changed.length) return [];
  const others = changed.filter(({ name }) => name !== edited);
  return [{ name: edited, yours: text, now: textOf(now[edited]) }, ...others];
}
