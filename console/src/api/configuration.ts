import { call, callWithHeaders } from "./client";
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

export interface Imported {
  /** The import goes on as a task. */
  task?: string;
  warnings: string[];
}

export async function importDocument(content: string, partial: boolean, dryRun = false): Promise<Imported> {
  const query = { partial: partial ? 1 : undefined, dry_run: dryRun ? 1 : undefined };
  const { data, headers } = await callWithHeaders<{ id?: string }>("/data/import", {
    method: "POST",
    query,
    json: { content },
    headers: AS_VERSION_2,
  });
  const warnings = JSON.parse(headers.get("X-Ferry-Warnings") ?? "[]") as string[];
  return { ...(data.id && { task: data.id }), warnings };
}

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
