import { ApiError, type Call, call, callWithHeaders } from "./client";
import type { components } from "./schema";
import { forgetUpload, keepUpload } from "../state/kept-uploads";
import { type Field, tablePath } from "./tables";
import { type BegunUpload, beginUpload, canUploadInParts, sendParts, textOfXml } from "./uploads";

/** Options of an import, as docs/api-import.md#options names them. */
export type Options = Record<string, string>;

/** A column of a file: what of the table it becomes; null ignores it. */
export type Mapping = Record<string, unknown>;

export interface PreviewColumn {
  name: string;
  column: string | null;
  type: string;
  examples?: unknown[];
  empty?: number;
  suggestion?: { to?: string; confidence?: number };
}

export interface Problem {
  line?: number;
  column?: string;
  reason: string;
}

export type Preview = Omit<
  components["schemas"]["Preview"],
  "columns" | "problems" | "detected" | "suggested" | "schema" | "rows"
> & {
  columns: PreviewColumn[];
  problems: Problem[];
  detected: Record<string, unknown>;
  suggested: { columns?: Mapping; decimal?: string; header_row?: number };
  schema: { fields: Field[] };
  rows: Record<string, unknown>[];
};

/** A preview reads so much of a text file; docs/api-import.md#preview. */
const SAMPLE_BYTES = 1_048_576;
/** A request of an API Gateway takes no more (`ImportBodyBytes`); larger files go to the store. */
const MOST_BODY_BYTES = 4_000_000;
/** Files that are read from their end, or as a whole. */
const WHOLE = /\.(xlsx|xlsm|ods|parquet)(\.gz)?$/i;

export const canPreview = (file: File | RemoteFile) =>
  isRemote(file) || !WHOLE.test(file.name) || file.size <= MOST_BODY_BYTES;

/** A file of the web, which the service fetches; `name` says its format where the path of the URL does not. */
export interface RemoteFile {
  url: string;
  name: string;
}

export const isRemote = (file: File | RemoteFile): file is RemoteFile => "url" in file;

/** What people call a file: of one of the web, the last part of its path. */
export function nameOf(file: File | RemoteFile): string {
  if (!isRemote(file)) return file.name;
  const path = URL.canParse(file.url) ? new URL(file.url).pathname : "";
  return file.name || decoded(path.split("/").at(-1) ?? "") || file.url;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Without a table the preview proposes one. */
export function preview(table: number | undefined, file: File | RemoteFile, options: Options): Promise<Preview> {
  const path =
    table === undefined ? "/oserve/v1/table/preview/" : `${tablePath(table)}import/preview/`;
  if (isRemote(file)) return call<Preview>(path, { method: "POST", json: remoteBody(file, options) });
  const sample = WHOLE.test(file.name) ? file : file.slice(0, SAMPLE_BYTES);
  return call<Preview>(path, { method: "POST", form: formOf(sample, file.name, options) });
}

/** Start an import of a file; answers its job's id once the file has arrived, or is to be fetched. */
export async function startImport(
  table: number,
  file: File | RemoteFile,
  options: Options,
  onSent: (bytes: number) => void,
): Promise<string> {
  if (isRemote(file)) return started(table, { method: "POST", json: remoteBody(file, options) });
  if (file.size > MOST_BODY_BYTES) {
    if (!canUploadInParts()) return upload(table, file, options, onSent);
    const begun = await beginUpload(table, file, inJson(options));
    keepUpload(table, file, options, begun);
    return finishUpload(table, file, begun, onSent);
  }
  const form = formOf(file, file.name, options);
  return started(table, { method: "POST", form });
}

/** Go on with an upload that was broken off, or begin it. */
export async function finishUpload(
  table: number,
  file: File,
  upload: BegunUpload,
  onSent: (bytes: number) => void,
): Promise<string> {
  try {
    await sendParts(table, file, upload, onSent);
  } catch (error) {
    // It is not kept any more, or was never begun.
    if (error instanceof ApiError && [400, 404].includes(error.status)) forgetUpload(table);
    throw error;
  }
  forgetUpload(table);
  await started(table, { method: "POST", json: { file_key: upload.file_key } });
  return upload.job;
}

const remoteBody = ({ url, name }: RemoteFile, options: Options) => ({
  file_url: url,
  ...(name && { file_name: name }),
  ...inJson(options),
});

async function started(table: number, request: Call): Promise<string> {
  const answer = await callWithHeaders(`${tablePath(table)}import/`, request);
  return answer.headers.get("X-Job-Id") ?? "";
}

async function upload(
  table: number,
  file: File,
  options: Options,
  onSent: (bytes: number) => void,
): Promise<string> {
  type Form = components["schemas"]["UploadForm"];
  const { data, headers } = await callWithHeaders<Form>(`${tablePath(table)}import/upload/`, {
    method: "POST",
    json: { file_name: file.name, ...inJson(options) },
  });
  const form = new FormData();
  for (const [name, value] of Object.entries(data.fields ?? {})) form.append(name, value);
  form.append("file", file, file.name);
  await post(data.upload_url ?? "", form, onSent);
  // What the store's notification does by itself, at once: the job is there when its page opens.
  await started(table, { method: "POST", json: { file_key: data.file_key } });
  return headers.get("X-Job-Id") ?? "";
}

/** Only XMLHttpRequest tells how much of a body has been sent. */
function post(url: string, form: FormData, onSent: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () =>
      request.status < 300
        ? resolve()
        : reject(new ApiError(request.status, textOfXml(request.responseText)));
    request.onerror = () => reject(new ApiError(0, ""));
    request.send(form);
  });
}

function formOf(file: Blob, name: string, options: Options): FormData {
  const form = new FormData();
  for (const [option, value] of Object.entries(options)) form.append(option, value);
  form.append("file", file, name);
  return form;
}

/** In JSON a mapping is an object. */
const inJson = ({ columns, ...options }: Options) => ({
  ...options,
  ...(columns && { columns: JSON.parse(columns) as unknown }),
});
