import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { type FailedRows, fieldsOf } from "./failed-rows";

const SHEET = "xl/worksheets/sheet1.xml";
const OURS = 3; // line, field, reason
const DATE = "2"; // styles of the workbooks that the service writes
const MOMENT = "3";
const DAY_MS = 86_400_000;
const DAY_ZERO = Date.UTC(1899, 11, 30);
const MARKUP: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Failed rows of a workbook, as the service writes it. Undefined where it is another one. */
export function readFailedSheet(bytes: Uint8Array): FailedRows | undefined {
  const entries = unpacked(bytes);
  const sheet = entries?.[SHEET];
  if (!entries || !sheet) return undefined;
  const xml = strFromU8(sheet);
  const [header, ...rows] = [...xml.matchAll(/<row>(.*?)<\/row>/gs)].map(([, cells]) => cellsOf(cells ?? ""));
  const names = header?.map(textOf);
  if (!names || !/^_*line$/.test(names[0] ?? "") || names.length <= OURS) return undefined;
  const columns = names.slice(OURS);
  return {
    columns,
    rows: rows.map(([line, field, reason, ...cells]) => ({
      line: textOf(line ?? ""),
      fields: fieldsOf(textOf(field ?? "")),
      reason: textOf(reason ?? ""),
      cells: columns.map((_, at) => textOf(cells[at] ?? "")),
    })),
    write: (corrected) => {
      const written = corrected.map(({ at, cells }) => {
        const before = rows[at] ?? [];
        const edited = cells.map((text, column) => {
          const cell = before[OURS + column] ?? "<c/>";
          return text === textOf(cell) ? cell : cellOf(text);
        });
        return `<row>${[...before.slice(0, OURS), ...edited].join("")}</row>`;
      });
      const start = xml.indexOf("</row>") + "</row>".length;
      const text = xml.slice(0, start) + written.join("") + xml.slice(xml.lastIndexOf("</sheetData>"));
      return { content: zipSync({ ...entries, [SHEET]: strToU8(text) }), suffix: ".xlsx" };
    },
  };
}

/** The archive's files by their names; undefined where it is none. */
function unpacked(bytes: Uint8Array): Record<string, Uint8Array> | undefined {
  try {
    return unzipSync(bytes);
  } catch {
    return undefined;
  }
}

const cellsOf = (row: string) => [...row.matchAll(/<c(?: [^>]*?)?(?:\/>|>.*?<\/c>)/gs)].map(([cell]) => cell);

/** What a cell shows; a date or a time as ISO 8601. */
function textOf(cell: string): string {
  const [, of = "", inside = ""] = /^<c([^>]*?)(?:\/>|>(.*)<\/c>)$/s.exec(cell) ?? [];
  const value = plain(/<[tv](?: [^>]*)?>(.*?)<\/[tv]>/s.exec(inside)?.[1] ?? "");
  if (/ t="b"/.test(of)) return value === "1" ? "true" : "false";
  const style = / s="(\d+)"/.exec(of)?.[1];
  if (/ t="/.test(of) || (style !== DATE && style !== MOMENT)) return value;
  const seconds = Math.round((Number(value) * DAY_MS) / 1000);
  const iso = new Date(DAY_ZERO + seconds * 1000).toISOString();
  return style === DATE ? iso.slice(0, 10) : iso.slice(0, 19);
}

/** ECMA-376 part 1, 22.9.2.19: what XML cannot hold is spelled _xHHHH_. */
const plain = (text: string) =>
  text
    .replace(/&(\w+);/g, (whole, name: string) => MARKUP[name] ?? whole)
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

/** What has been typed is text: the service reads it by the type of its column. */
function cellOf(text: string): string {
  if (text === "") return "<c/>";
  const safe = text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
    .replace(/[\0-\x08\x0b-\x1f\ufffe\uffff]/g, spelled)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
  return `<c t="inlineStr"><is><t xml:space="preserve">${safe}</t></is></c>`;
}

const spelled = (character: string) =>
  `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
