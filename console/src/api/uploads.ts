import { ApiError, call, callWithHeaders } from "./client";
import type { components } from "./schema";
import { tablePath } from "./tables";

/** An upload in parts that goes on after a break: docs/api-import.md#upload-in-parts. */
export interface BegunUpload {
  job: string;
  file_key: string;
  part_bytes: number;
  parts: number;
  /** Milliseconds; the store keeps its parts until then. */
  until: number;
}

interface Progress {
  arrived: { number: number; size: number; sha256: string }[];
  urls: { number: number; url: string }[];
  complete: boolean;
}

const AT_ONCE = 3;
const PAUSES_MS = [1000, 4000, 15_000];
/** Of a file that was changed or removed since it was chosen. */
export class FileChanged extends Error {}

/** Only pages of HTTPS, or of this machine, may compute checksums. */
export const canUploadInParts = () => Boolean(globalThis.crypto?.subtle);

export async function beginUpload(table: number, file: File, options: object): Promise<BegunUpload> {
  const { data, headers } = await callWithHeaders<components["schemas"]["UploadForm"]>(
    `${tablePath(table)}import/upload/`,
    { method: "POST", json: { file_name: file.name, file_size: file.size, ...options } },
  );
  return {
    job: headers.get("X-Job-Id") ?? "",
    file_key: data.file_key,
    part_bytes: data.part_bytes ?? file.size,
    parts: data.parts ?? 1,
    until: Date.now() + data.expires_in * 1000,
  };
}

/** Send the parts that have not arrived as they are in the file, and have them made one file. */
export async function sendParts(
  table: number,
  file: File,
  upload: BegunUpload,
  onSent: (bytes: number) => void,
): Promise<void> {
  const path = `${tablePath(table)}import/upload/part/`;
  const ask = (parts: { number: number; sha256: string }[]) =>
    call<Progress>(path, { method: "POST", json: { file_key: upload.file_key, parts } });
  const before = await ask([]);
  if (before.complete) return;
  const arrived = new Map(before.arrived.map((part) => [part.number, part.sha256]));
  const sent = new Map<number, number>();
  const tell = (number: number, bytes: number) => {
    sent.set(number, bytes);
    onSent([...sent.values()].reduce((sum, each) => sum + each, 0));
  };
  const send = async (number: number) => {
    const content = await sliceOf(file, upload, number);
    const sha256 = await sumOf(content);
    if (arrived.get(number) !== sha256) {
      await patiently(async () => {
        const { urls } = await ask([{ number, sha256 }]);
        await put(urls[0]?.url ?? "", content, sha256, (bytes) => tell(number, bytes));
      });
    }
    tell(number, content.byteLength);
  };
  const numbers = Array.from({ length: upload.parts }, (_, at) => at + 1);
  const work = async () => {
    for (let number = numbers.shift(); number; number = numbers.shift()) await send(number);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } catch (error) {
    numbers.length = 0; // the others stop, too
    throw error;
  }
  const { complete } = await ask([]);
  if (!complete) throw new FileChanged();
}

async function sliceOf(file: File, { part_bytes }: BegunUpload, number: number): Promise<ArrayBuffer> {
  const start = (number - 1) * part_bytes;
  const end = Math.min(start + part_bytes, file.size);
  try {
    const content = await file.slice(start, end).arrayBuffer();
    if (content.byteLength === end - start) return content;
  } catch {
    // NotReadableError: https://w3c.github.io/FileAPI/#dfn-error-codes
  }
  throw new FileChanged();
}

async function sumOf(content: ArrayBuffer): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return btoa(String.fromCharCode(...sum));
}

/** A part is sent again where the connection or the store failed; a new URL each time. */
async function patiently(send: () => Promise<void>): Promise<void> {
  for (const pause of PAUSES_MS) {
    try {
      return await send();
    } catch (error) {
      const passing = error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 403);
      if (!passing) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return send();
}

/** Only XMLHttpRequest tells how much of a body has been sent. */
function put(url: string, content: ArrayBuffer, sha256: string, onSent: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("x-amz-checksum-sha256", sha256);
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new ApiError(request.status, textOfXml(request.responseText)));
    request.onerror = () => reject(new ApiError(0, ""));
    request.send(content);
  });
}

/** The message of an answer of S3. */
export const textOfXml = (xml: string) => /<Message>([^<]*)/.exec(xml)?.[1] ?? xml.slice(0, 300);
