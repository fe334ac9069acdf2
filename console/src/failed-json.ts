import { itemOf, shownValue, valueOf } from "./failed-dynamodb";
import { type CorrectedRow, type FailedRows, type TypeOf, fieldsOf } from "./failed-rows";

const OURS = 3; // line, field, reason
/** Types whose values stand in JSON without quotes. */
const BARE = ["integer", "number", "boolean", "array", "object", "geojson", "file", "reference"];

export type Members = [name: string, token: string][];

/** Failed rows of a JSON file: an array, or lines. Undefined where the text is none. */
export function readFailedJson(text: string): FailedRows | undefined {
  const isArray = /^\s*\[/.test(text);
  const records = recordsOf(text);
  if (!records?.length || records.some((members) => !isFailed(members))) return undefined;
  const items = records.map((members) => itemOf(members.slice(OURS), (item) => recordsOf(item)?.[0]));
  const areItems = items.every((item) => item !== undefined);
  const rows = records.map((members, at) => new Map(areItems ? items[at] : members.slice(OURS)));
  const [show, tokenFor] = areItems ? [shownValue, valueOf] : [shown, tokenOf];
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const write = (corrected: CorrectedRow[], typeOf: TypeOf) => {
    const written = corrected.map(({ at, cells }) => {
      const ours = (records[at] ?? []).slice(0, OURS);
      const members = columns.flatMap((name, column): Members => {
        const before = rows[at]?.get(name);
        const cell = cells[column] ?? "";
        const token = cell === show(before) ? before : tokenFor(cell, before, typeOf(name));
        return token === undefined ? [] : [[name, token]];
      });
      return objectOf([...ours, ...(areItems ? [["Item", objectOf(members)] as Members[number]] : members)]);
    });
    return isArray
      ? { content: `[\n${written.join(",\n")}\n]`, suffix: ".json" }
      : { content: `${written.join("\n")}\n`, suffix: ".jsonl" };
  };
  return {
    columns,
    rows: records.map(([line, field, reason], at) => ({
      line: line?.[1] ?? "",
      fields: fieldsOf(shown(field?.[1])),
      reason: shown(reason?.[1]),
      cells: columns.map((name) => show(rows[at]?.get(name))),
    })),
    write,
  };
}

const objectOf = (members: Members) =>
  `{${members.map(([name, token]) => `${JSON.stringify(name)}:${token}`).join(",")}}`;

function isFailed(members: Members): boolean {
  const [line, field, reason] = members.map(([name]) => name);
  return /^_*line$/.test(line ?? "") && /^_*field$/.test(field ?? "") && /^_*reason$/.test(reason ?? "");
}

/** A text without its quotes, anything else as it is written, with all digits of a number. */
function shown(token: string | undefined): string {
  if (token === undefined || token === "null") return "";
  return token.startsWith('"') ? (JSON.parse(token) as string) : token;
}

/** What an edited cell is in JSON, by the type of its column; undefined leaves the member out. */
function tokenOf(cell: string, before: string | undefined, type: string | undefined): string | undefined {
  if (cell === "") return before === undefined ? undefined : "null";
  const bare = type === undefined ? before !== undefined && !before.startsWith('"') : BARE.includes(type);
  return bare && isJson(cell) ? cell.trim() : JSON.stringify(cell);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The members of each object, their values as they are written; undefined where it is no JSON. */
function recordsOf(text: string): Members[] | undefined {
  const scan = new Scan(text);
  const records: Members[] = [];
  scan.skip("[");
  while (scan.skip("{")) {
    const members: Members = [];
    while (!scan.skip("}")) {
      const name = scan.value();
      if (!name?.startsWith('"') || !scan.skip(":")) return undefined;
      const token = scan.value();
      if (!token) return undefined;
      members.push([JSON.parse(name) as string, token]);
      scan.skip(",");
    }
    records.push(members);
    scan.skip(",");
  }
  scan.skip("]");
  return scan.ended ? records : undefined;
}

class Scan {
  #at = 0;

  constructor(readonly text: string) {}

  get ended(): boolean {
    return this.#peek() === undefined;
  }

  skip(mark: string): boolean {
    if (this.#peek() !== mark) return false;
    this.#at++;
    return true;
  }

  /** The text of a value, "" at the end. */
  value(): string | undefined {
    this.#peek();
    const start = this.#at;
    let depth = 0;
    while (this.#at < this.text.length) {
      const mark = this.text[this.#at] as string;
      if (mark === '"') this.#string();
      else if (depth === 0 && /[,:}\]\s]/.test(mark)) break;
      else {
        if (mark === "{" || mark === "[") depth++;
        if (mark === "}" || mark === "]") depth--;
        this.#at++;
      }
      if (depth === 0 && (mark === '"' || mark === "}" || mark === "]")) break;
    }
    const token = this.text.slice(start, this.#at);
    return isJson(token) ? token : undefined;
  }

  #peek(): string | undefined {
    while (/\s/.test(this.text[this.#at] ?? "")) this.#at++;
    return this.text[this.#at];
  }

  #string(): void {
    for (this.#at++; this.#at < this.text.length && this.text[this.#at] !== '"'; this.#at++) {
      if (this.text[this.#at] === "\\") this.#at++;
    }
    this.#at++;
  }
}
