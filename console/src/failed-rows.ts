/** The file of failed rows as a grid: docs/api.md#failed-rows. */
export interface FailedRows {
  columns: string[];
  rows: FailedRow[];
}

export interface FailedRow {
  line: string;
  /** The columns at fault; empty where the row as a whole is. */
  fields: string[];
  reason: string;
  cells: string[];
}

const OURS = 3; // line, field, reason

/** Undefined where the text is no such file. */
export function readFailedRows(text: string): FailedRows | undefined {
  const [header, ...lines] = readCells(text, /^\uFEFF?"?_*line"?(.)/.exec(text)?.[1]);
  if (!header || !/^_*line$/.test(header[0] ?? "") || header.length <= OURS) return undefined;
  return {
    columns: header.slice(OURS),
    rows: lines.map(([line = "", field = "", reason = "", ...cells]) => ({
      line,
      fields: field.split(/,\s*/).filter(Boolean),
      reason,
      cells,
    })),
  };
}

/** The rows as a file to import; the guards before formulas are taken away by the service. */
export function writeRows(columns: string[], rows: string[][]): string {
  const cell = (text: string) => (/[",\r\n\t;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows].map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** RFC 4180. */
export function readCells(text: string, delimiter = ","): string[][] {
  const source = text.replace(/^\uFEFF/, "");
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < source.length) {
    let cell = "";
    if (source[at] === '"') {
      at++;
      for (;;) {
        const quote = source.indexOf('"', at);
        const end = quote < 0 ? source.length : quote;
        cell += source.slice(at, end);
        at = end + 1;
        if (source[at] !== '"') break;
        cell += '"';
        at++;
      }
    } else {
      const start = at;
      while (at < source.length && source[at] !== delimiter && source[at] !== "\n" && source[at] !== "\r") at++;
      cell = source.slice(start, at);
    }
    row.push(cell);
    if (source[at] === delimiter) {
      at++;
      if (at === source.length) row.push("");
      continue;
    }
    if (source[at] === "\r") at++;
    if (source[at] === "\n") at++;
    rows.push(row);
    row = [];
  }
  if (row.length) rows.push(row);
  return rows;
}
