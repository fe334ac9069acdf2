import type { Options } from "../api/imports";
import type { BegunUpload } from "../api/uploads";

/** An upload that may go on: of which file, and by which options. */
export interface KeptUpload extends BegunUpload {
  name: string;
  size: number;
  /** Milliseconds: when the file was last changed. */
  modified: number;
  options: Options;
}

const KEPT = "ferry.upload.";

const keyOf = (table: number) => KEPT + table;

/** The last upload to the table that was not completed. */
export function keptUpload(table: number): KeptUpload | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(table)) ?? "null") as KeptUpload | null;
    return kept && kept.until > Date.now() ? kept : undefined;
  } catch {
    return undefined;
  }
}

export const isOf = (kept: KeptUpload, file: File) =>
  kept.name === file.name && kept.size === file.size && kept.modified === file.lastModified;

export function keepUpload(table: number, file: File, options: Options, upload: BegunUpload): void {
  const kept: KeptUpload = { ...upload, name: file.name, size: file.size, modified: file.lastModified, options };
  try {
    localStorage.setItem(keyOf(table), JSON.stringify(kept));
  } catch {
    // A browser without storage: an upload that breaks off begins anew.
  }
}

export function forgetUpload(table: number): void {
  try {
    localStorage.removeItem(keyOf(table));
  } catch {
    // It has none.
  }
}
