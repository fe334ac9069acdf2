import type { Mapping, Options, Preview } from "../api/imports";
import type { Limits } from "../api/jobs";

/** What a person has set; what is empty goes by what was detected. */
export interface Written {
  encoding: string;
  delimiter: string;
  decimal: string;
  header_row: string;
  sheet: string;
  date_format: string;
  null_words: string;
  records: string;
}

export const AS_DETECTED: Written = {
  encoding: "",
  delimiter: "",
  decimal: "",
  header_row: "",
  sheet: "",
  date_format: "",
  null_words: "",
  records: "",
};

export interface Handling {
  /** Columns of a unique index, joined by commas; empty: rows are not matched. */
  match: string;
  mode: string;
  undoable: boolean;
  limits: Limits;
}

export const MODES = ["insert", "skip", "upsert", "merge", "update", "replace", "delete", "mirror"] as const;

const TEXT = ["encoding", "delimiter", "decimal", "header_row", "date_format", "null_words"] as const;
const OF_FORMAT: Record<string, readonly (keyof Written)[]> = {
  csv: TEXT,
  tsv: TEXT,
  json: ["encoding", "records", "date_format"],
  jsonl: ["encoding", "records", "date_format"],
  dynamodb: ["encoding", "records"],
  parquet: [],
};
const OF_WORKBOOK: readonly (keyof Written)[] = ["sheet", "header_row", "decimal", "date_format", "null_words"];

export const optionsFor = (fileType: string): readonly (keyof Written)[] =>
  OF_FORMAT[fileType] ?? OF_WORKBOOK;

export function readingOptions(written: Written, mapping: Mapping): Options {
  const options = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== ""));
  return Object.keys(mapping).length ? { ...options, columns: JSON.stringify(mapping) } : options;
}

export function handlingOptions({ match, mode, undoable, limits }: Handling): Options {
  return {
    ...(match && { match, mode }),
    ...(undoable && { keep_before: "1" }),
    ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value.trim())),
  };
}

/** What the preview suggests, as far as nobody has decided otherwise. */
export function suggested(preview: Preview, written: Written): { written: Written; mapping: Mapping } {
  const { columns = {}, decimal, header_row } = preview.suggested;
  return {
    written: {
      ...written,
      decimal: written.decimal || (decimal ?? ""),
      header_row: written.header_row || (header_row === undefined ? "" : String(header_row)),
    },
    mapping: columns,
  };
}

const KEPT = "ferry.import.";
// Of the file as it was, and of a trial.
const NOT_OF_ROWS = [
  "encoding", "delimiter", "header_row", "sheet", "comment", "dry_run", "differences", "budget", "budget_units", "rate",
];

/** The options by which rows that failed go in once they are corrected. */
export function correctionOptions(options: Options): Options {
  const kept = Object.entries(options).filter(([name]) => !NOT_OF_ROWS.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, ofRows(name, value)]).filter(([, value]) => value));
}

function ofRows(name: string, value: string): string {
  // These rows are not the whole table: a mirror of them would delete all others.
  if (name === "mode" && value === "mirror") return "upsert";
  // They stand in a list of their own, in what was around each.
  if (name === "records") return /\[\](.+)/.exec(value)?.[0] ?? "";
  return value;
}

export function keepOptions(job: string, options: Options): void {
  try {
    localStorage.setItem(KEPT + job, JSON.stringify(correctionOptions(options)));
  } catch {
    // A browser without storage: the rows go in by the usual options.
  }
}

export function keptOptions(job: string): Options {
  try {
    return JSON.parse(localStorage.getItem(KEPT + job) ?? "{}") as Options;
  } catch {
    return {};
  }
}
