import { readFailedJson } from "./failed-json";
import { readFailedSheet } from "./failed-sheet";

/** The file of failed rows as a grid: docs/api.md#failed-rows. */
export interface FailedRows {
  columns: string[];
  rows: FailedRow[];
  /** The file to send, in the format of this one. */
  write: (corrected: CorrectedRow[], typeOf: TypeOf) => CorrectedFile;
}

export interface FailedRow {
  line: string;
  /** The columns at fault; empty where the row as a whole is. */
  fields: string[];
  reason: string;
  cells: string[];
}

export interface CorrectedRow {
  /** Its place in `FailedRows.rows`. */
  at: number;
  /** What has not been edited is written as it came. */
  cells: string[];
}

export interface CorrectedFile {
  content: BlobPart;
  suffix: string;
}

/** The type of a column of the table; undefined where it has none of that name. */
export type TypeOf = (column: string) => string | undefined;

const OURS = 3; // line, field, reason

/** Undefined where the bytes are no such file. */
export function readFailed(bytes: Uint8Array): FailedRows | undefined {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readFailedSheet(bytes); // PK: a workbook
  const text = new TextDecoder().decode(bytes);
  return /^\s*[[{]/.test(text) ? readFailedJson(text) : readFailedRows(text);
}

export const fieldsOf = (field: string) => field.split(/,\s*/).filter(Boolean);

/** Undefined where the text is no such file. */
export function readFailedRows(text: string): FailedRows | undefined {
  const [header, ...lines] = readCells(text, /^\uFEFF?"?_*line"?(.)/.exec(text)?.[1]);
  if (!header || !/^_*line$/.test(header[0] ?? "") || header.length <= OURS) return undefined;
  const columns = header.slice(OURS);
  return {
    columns,
    rows: lines.map(([line = "", field = "", reason = "", ...cells]) => ({
      line,
      fields: fieldsOf(field),
      reason,
      cells,
    })),
    write: (corrected) => ({
      content: writeRows(columns, corrected.map(({ cells }) => cells)),
      suffix: ".csv",
    }),
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
