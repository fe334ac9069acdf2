import { call, callWithHeaders } from "./client";
import { type Limits, limitOf } from "./jobs";
import { tablePath } from "./tables";

export const FILE_TYPES = ["csv", "xlsx", "json", "jsonl", "tsv", "parquet", "dynamodb"] as const;
export type FileType = (typeof FILE_TYPES)[number];
/** Compressed as they are. */
export const PACKED: ReadonlySet<FileType> = new Set(["xlsx", "parquet"]);

export interface ExportOrder {
  file_type: FileType;
  /** A condition as JSON text. */
  where?: string;
  /** Unix seconds: created in [start, end). */
  start?: number;
  end?: number;
  order_by: string[];
  /** The file's columns in its order, none for all in the table's. */
  include_keys: string[];
  compress: boolean;
  readable_times: string[];
  defuse_formulas: boolean;
  limits: Limits;
}

export interface Estimate {
  rows: number;
  exact: boolean;
  file_bytes: number;
  dollars: { total: number };
  minutes: number;
  /** Why the export would be refused. */
  refused: string | null;
}

const exportsPath = (table: number) => `${tablePath(table).replace("/v1/", "/v1.5/")}export/`;

/** Start an export; answers its job's id. */
export async function startExport(table: number, order: ExportOrder): Promise<string> {
  const request = { method: "POST", json: bodyOf(order) } as const;
  const answer = await callWithHeaders(exportsPath(table), request);
  return answer.headers.get("X-Job-Id") ?? "";
}

/** What it would take; nothing is started. */
export const estimateExport = (table: number, order: ExportOrder) =>
  call<Estimate>(`${exportsPath(table)}estimate/`, { method: "POST", json: bodyOf(order) });

function bodyOf(order: ExportOrder): string {
  const part = order.where !== undefined || order.start !== undefined || order.end !== undefined;
  const members: Record<string, unknown> = {
    file_type: order.file_type,
    mode: part ? "part" : "all",
    start: order.start,
    end: order.end,
    order_by: order.order_by,
    include_keys: order.include_keys,
    column_order: order.include_keys.length ? "include_keys" : undefined,
    timestamp_convert_keys: order.readable_times,
    time_zone: order.readable_times.length
      ? Intl.DateTimeFormat().resolvedOptions().timeZone
      : undefined,
    compress: order.compress && !PACKED.has(order.file_type) ? "gzip" : undefined,
    defuse_formulas: order.defuse_formulas || undefined,
    budget: limitOf(order.limits.budget),
    rate: limitOf(order.limits.rate),
  };
  // The condition goes in as text: its numbers keep all of their digits.
  const text = JSON.stringify(members);
  return order.where ? `${text.slice(0, -1)}, "where": ${order.where}}` : text;
}
