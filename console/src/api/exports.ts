import { callWithHeaders } from "./client";
import { tablePath } from "./tables";

export const FILE_TYPES = ["csv", "xlsx", "json", "jsonl", "tsv"] as const;
export type FileType = (typeof FILE_TYPES)[number];

export interface ExportOrder {
  file_type: FileType;
  /** A condition as JSON text. */
  where?: string;
  /** Unix seconds: created in [start, end). */
  start?: number;
  end?: number;
  order_by: string[];
  include_keys: string[];
  compress: boolean;
  readable_times: string[];
  defuse_formulas: boolean;
}

/** Start an export; answers its job's id. */
export async function startExport(table: number, order: ExportOrder): Promise<string> {
  const part = order.where !== undefined || order.start !== undefined || order.end !== undefined;
  const members: Record<string, unknown> = {
    file_type: order.file_type,
    mode: part ? "part" : "all",
    start: order.start,
    end: order.end,
    order_by: order.order_by,
    include_keys: order.include_keys,
    timestamp_convert_keys: order.readable_times,
    time_zone: order.readable_times.length
      ? Intl.DateTimeFormat().resolvedOptions().timeZone
      : undefined,
    compress: order.compress && order.file_type !== "xlsx" ? "gzip" : undefined,
    defuse_formulas: order.defuse_formulas || undefined,
  };
  // The condition goes in as text: its numbers keep all of their digits.
  const text = JSON.stringify(members);
  const json = order.where ? `${text.slice(0, -1)}, "where": ${order.where}}` : text;
  const path = tablePath(table).replace("/v1/", "/v1.5/");
  const answer = await callWithHeaders(`${path}export/`, { method: "POST", json });
  return answer.headers.get("X-Job-Id") ?? "";
}
