import { ApiError, call, callWithHeaders } from "./client";
import type { components } from "./schema";

/** A configuration as a document: by section, what each item says. */
export type ConfigDocument = Record<string, Record<string, string>>;
export type Revision = components["schemas"]["Revision"];
export type Revisions = components["schemas"]["Revisions"];

const AS_VERSION_2 = { "X-Ekuiper-Version": "2" }; // all twelve sections

export const currentDocument = async () =>
  asDocument(await call<unknown>("/data/export", { headers: AS_VERSION_2 }));

export const documentOf = async (revision: number) =>
  revision === 0 ? {} : asDocument(await call<unknown>(`/data/revisions/${revision}`, { headers: AS_VERSION_2 }));

export const revisions = () => call<Revisions>("/data/revisions");

export type Task = components["schemas"]["ConfigurationTask"];

/** A document as text, or where it is fetched from. */
export type Source = { content: string } | { file: string };

/** By section and item. */
export type ByItem = Record<string, Record<string, string>>;

export interface Change {
  section: string;
  name: string;
  kind: "added" | "changed" | "removed";
  before: string | undefined;
  after: string | undefined;
}

export interface ImportOptions {
  partial: boolean;
  /** Nothing is stored. */
  dryRun?: boolean;
  /** Another document than the one of this SHA-256 is refused. */
  sha256?: string;
}

/** An import or its dry run, as it has ended. */
export interface Imported {
  task: string;
  sha256: string;
  /** Items that failed; the others apply. A text where only that is known. */
  failed: ByItem | string;
  warnings: string[];
}

/** Import a document and wait for the end; throws where it cannot be had or read as a whole. */
export async function importDocument(source: Source, { partial, dryRun, sha256 }: ImportOptions): Promise<Imported> {
  const query = { partial: partial ? 1 : undefined, dry_run: dryRun ? 1 : undefined, sha256 };
  const request = { method: "POST", query, json: source, headers: AS_VERSION_2 } as const;
  try {
    const { data, headers } = await callWithHeaders<{ id?: string }>("/data/import", request);
    return data.id ? await endOf(data.id) : imported(headers, "");
  } catch (error) {
    // Its items failed: then the document has been read, and the answer names it.
    if (!(error instanceof ApiError) || !error.headers?.has(SUM)) throw error;
    return imported(error.headers, failedItems(error.body) ?? error.message);
  }
}

const SUM = "X-Document-Sha256";
const EVERY_MS = 1000;

/** Wait for an import that takes longer than a request may. */
async function endOf(task: string): Promise<Imported> {
  type Answer = { status: Task["status"]; message: string };
  for (;;) {
    const { data, headers } = await callWithHeaders<Answer>(`/async/task/${task}`);
    if (data.status === "finish" || (data.status === "error" && headers.has(SUM))) {
      return { ...imported(headers, data.status === "error" ? data.message : ""), task };
    }
    if (data.status === "error" || data.status === "cancel") throw new ApiError(400, data.message);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

const imported = (headers: Headers, failed: Imported["failed"]): Imported => ({
  task: headers.get("X-Job-Id") ?? "",
  sha256: headers.get(SUM) ?? "",
  failed,
  warnings: JSON.parse(headers.get("X-Ferry-Warnings") ?? "[]") as string[],
});

/** Errors of version 2 hold the items, as JSON. */
function failedItems(body: unknown): ByItem | undefined {
  try {
    const { message = "" } = (body ?? {}) as { message?: string };
    return asDocument(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** What an import has changed, or its dry run would; secrets are masked. */
export async function changesOfTask(task: string): Promise<Change[]> {
  type Answer = Record<string, Record<string, { change: Change["kind"]; before?: string; after?: string }>>;
  const found = await call<Answer>("/data/diff", { query: { task } });
  return Object.entries(found).flatMap(([section, items]) =>
    Object.entries(items).map(([name, { change, before, after }]) => ({ section, name, kind: change, before, after })),
  );
}

/** Items that failed in the last import, and rules that cannot start, each with the reason. */
export const importStatus = async (): Promise<ByItem> =>
  asDocument(await call<unknown>("/data/import/status", { headers: AS_VERSION_2 }));

export const listTasks = (cursor: string) =>
  call<{ next: string | null; tasks: Task[] }>("/async/task", { query: { cursor, limit: PAGE_TASKS } });

const PAGE_TASKS = 50;

export const rollBack = (revision: number) =>
  call<Revision>("/data/rollback", { method: "POST", json: { revision } });

/** Sections that hold items, with each item as text. */
export function asDocument(read: unknown): ConfigDocument {
  const sections = Object.entries(typeof read === "object" && read !== null ? read : {});
  const found = sections.flatMap(([section, items]): [string, Record<string, string>][] => {
    if (typeof items !== "object" || items === null || Array.isArray(items)) return [];
    const texts = Object.entries(items as Record<string, unknown>).map(
      ([name, item]) => [name, typeof item === "string" ? item : JSON.stringify(item, null, 2)] as const,
    );
    return texts.length ? [[section, Object.fromEntries(texts)]] : [];
  });
  return Object.fromEntries(found);
}
