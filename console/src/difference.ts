import type { Change, ConfigDocument } from "./api/configuration";

/** What leads from one document to another. */
export function differenceOf(before: ConfigDocument, after: ConfigDocument): Change[] {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return sections.flatMap((section) => {
    const [old, now] = [before[section] ?? {}, after[section] ?? {}];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return names.flatMap((name): Change[] => {
      const [was, is] = [old[name], now[name]];
      if (was !== undefined && is !== undefined && readable(was) === readable(is)) return [];
      const kind = was === undefined ? "added" : is === undefined ? "removed" : "changed";
      return [{ section, name, kind, before: was, after: is }];
    });
  });
}

/** Items that are JSON are read by people, and compared, as such. */
export function readable(text: string): string {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? JSON.stringify(read, null, 2) : text;
  } catch {
    return text;
  }
}

export interface Line {
  text: string;
  kind: "same" | "added" | "removed";
}

const MOST_CELLS = 4_000_000; // of the table below; longer texts are shown one after the other

/** The lines of both texts by their longest common subsequence. */
export function linesOf(before: string, after: string): Line[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const whole = (lines: string[], kind: Line["kind"]) => lines.map((text): Line => ({ text, kind }));
  if (old.length * now.length > MOST_CELLS) return [...whole(old, "removed"), ...whole(now, "added")];
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const length = (a: number, b: number) => lengths[a * width + b] ?? 0;
  for (let a = old.length - 1; a >= 0; a--) {
    for (let b = now.length - 1; b >= 0; b--) {
      lengths[a * width + b] =
        old[a] === now[b] ? length(a + 1, b + 1) + 1 : Math.max(length(a + 1, b), length(a, b + 1));
    }
  }
  const lines: Line[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < now.length) {
    const [left, right] = [old[a], now[b]];
    if (left !== undefined && left === right) {
      lines.push({ text: left, kind: "same" });
      a++;
      b++;
    } else if (left !== undefined && (right === undefined || length(a + 1, b) >= length(a, b + 1))) {
      lines.push({ text: left, kind: "removed" });
      a++;
    } else {
      lines.push({ text: right ?? "", kind: "added" });
      b++;
    }
  }
  return lines;
}

/** Lines that stand side by side; what stands beside nothing is undefined there. */
export type Pair = [Line | undefined, Line | undefined];

/** Lines that were removed stand beside those that were added in their place. */
export function pairsOf(lines: Line[]): Pair[] {
  const pairs: Pair[] = [];
  let [removed, added]: [Line[], Line[]] = [[], []];
  const close = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) pairs.push([removed[at], added[at]]);
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    if (line.kind === "removed") removed.push(line);
    else if (line.kind === "added") added.push(line);
    else {
      close();
      pairs.push([line, line]);
    }
  }
  close();
  return pairs;
}
