import type { Members } from "./failed-json";

/** What of DynamoDB JSON is a cell: `{"N": "5"}` shows 5, a list or a set its own text. */
const PLAIN = /^\{\s*"([SN])"\s*:\s*("(?:[^"\\]|\\.)*")\s*\}$/;
const FLAG = /^\{\s*"(BOOL|NULL)"\s*:\s*(true|false)\s*\}$/;
const TYPED = /^\{\s*"(?:S|N|B|BOOL|NULL|L|M|SS|NS|BS)"\s*:/;
const NUMBERS = ["integer", "number"];

/** The members of a record's Item; undefined where it is another record. */
export function itemOf(members: Members, read: (object: string) => Members | undefined): Members | undefined {
  const [only, more] = members;
  if (only?.[0] !== "Item" || more) return undefined;
  const item = read(only[1]);
  return item?.every(([, token]) => TYPED.test(token)) ? item : undefined;
}

export function shownValue(token: string | undefined): string {
  if (token === undefined) return "";
  const plain = PLAIN.exec(token)?.[2];
  if (plain !== undefined) return JSON.parse(plain) as string;
  const [, name, flag] = FLAG.exec(token) ?? [];
  return name === "NULL" ? "" : (flag ?? token);
}

/** What an edited cell is, by the type of its column and what it was; undefined leaves it out. */
export function valueOf(cell: string, before: string | undefined, type: string | undefined): string | undefined {
  if (cell === "") return before === undefined ? undefined : '{"NULL":true}';
  if (TYPED.test(cell.trim()) && isJson(cell)) return cell.trim();
  if (type === "boolean" && /^(true|false)$/.test(cell.trim())) return `{"BOOL":${cell.trim()}}`;
  const wasNumber = type === undefined && PLAIN.exec(before ?? "")?.[1] === "N";
  const isNumber = Number.isFinite(Number(cell.trim() || "x"));
  if (isNumber && (wasNumber || NUMBERS.includes(type ?? ""))) return `{"N":${JSON.stringify(cell.trim())}}`;
  return `{"S":${JSON.stringify(cell)}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
