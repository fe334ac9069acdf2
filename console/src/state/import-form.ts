import type { Mapping, Options, Preview } from "../api/imports";

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
}

export const MODES = ["insert", "skip", "upsert", "merge", "update", "replace", "delete", "mirror"] as const;

const TEXT = ["encoding", "delimiter", "decimal", "header_row", "date_format", "null_words"] as const;
const OF_FORMAT: Record<string, readonly (keyof Written)[]> = {
  csv: TEXT,
  tsv: TEXT,
  json: ["encoding", "records", "date_format"],
  jsonl: ["encoding", "records", "date_format"],
};
const OF_WORKBOOK: readonly (keyof Written)[] = ["sheet", "header_row", "decimal", "date_format", "null_words"];

export const optionsFor = (fileType: string): readonly (keyof Written)[] =>
  OF_FORMAT[fileType] ?? OF_WORKBOOK;

export function readingOptions(written: Written, mapping: Mapping): Options {
  const options = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== ""));
  return Object.keys(mapping).length ? { ...options, columns: JSON.stringify(mapping) } : options;
}

export function handlingOptions({ match, mode, undoable }: Handling): Options {
  return {
    ...(match && { match, mode }),
    ...(undoable && { keep_before: "1" }),
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

/** Rows that are mended go in by the options of the import that they failed in. */
export function keepOptions(job: string, options: Options): void {
  const { encoding: _, delimiter: __, header_row: ___, sheet: ____, ...kept } = options;
  try {
    localStorage.setItem(KEPT + job, JSON.stringify(kept));
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
