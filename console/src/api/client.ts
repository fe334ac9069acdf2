import { language } from "../state/preferences";
import { parseExactly } from "./exact";

/** An answer other than 2xx, with the service's own words; status 0 where none came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body?: unknown,
    readonly headers?: Headers,
  ) {
    super(message);
  }
}

/** The call was refused because the session has ended meanwhile. */
export class SessionEnded extends ApiError {}

export type Query = Record<string, string | number | undefined>;

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Query;
  /** A value becomes JSON; a string is JSON already. */
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer<T> {
  data: T;
  headers: Headers;
}

/** Where a session is asked for, opened and ended. */
export const SESSION = "/console/session/";

let csrf = "";
let ended: () => Promise<boolean> = async () => false;

/** Sent with whatever changes something: a page of another site cannot know it. */
export function useCsrf(token: string): void {
  csrf = token;
}

/** Is asked where a call was answered by 401: whether the session has ended. */
export function onRefused(listener: () => Promise<boolean>): void {
  ended = listener;
}

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  return (await callWithHeaders<T>(path, options)).data;
}

// What passes: too many at once, a function that is being started, a gateway that gave up.
const PASSING = [429, 500, 502, 503, 504];
const PAUSES_MS = [500, 2000, 5000];

/** Reading is tried again where the reason may pass; what changes something is sent once. */
async function sendPatiently(path: string, options: Call): Promise<Response> {
  for (const pause of (options.method ?? "GET") === "GET" ? PAUSES_MS : []) {
    const response = await send(path, options);
    if (!PASSING.includes(response.status)) return response;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return send(path, options);
}

export async function callWithHeaders<T>(path: string, options: Call = {}): Promise<Answer<T>> {
  const response = await sendPatiently(path, options);
  const text = await response.text();
  const data = read(text, response.headers.get("Content-Type") ?? "");
  if (response.ok) return { data: data as T, headers: response.headers };
  if (response.status === 401 && path !== SESSION && (await ended())) throw new SessionEnded(401, "");
  throw new ApiError(response.status, message(data, response), data, response.headers);
}

export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

async function send(path: string, options: Call): Promise<Response> {
  const method = options.method ?? "GET";
  const headers: Record<string, string> = {
    Accept: "application/json",
    "Accept-Language": language.value,
    ...options.headers,
  };
  if (method !== "GET") headers["X-Ferry-Csrf"] = csrf;
  let body: BodyInit | undefined = options.form;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = typeof options.json === "string" ? options.json : JSON.stringify(options.json);
  }
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(options.signal && { signal: options.signal }),
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, "");
  }
}

function read(text: string, contentType: string): unknown {
  // An import of a configuration answers JSON as text/plain, as the engine does.
  if (!text || !(contentType.includes("json") || /^\s*[[{]/.test(text))) return text;
  try {
    return parseExactly(text);
  } catch {
    return text;
  }
}

function message(data: unknown, response: Response): string {
  if (typeof data === "object" && data !== null) {
    const { error_msg, message, ErrorMsg } = data as Record<string, unknown>;
    for (const said of [error_msg, message, ErrorMsg]) {
      if (typeof said === "string" && said) return said;
    }
  }
  return typeof data === "string" && data.trim() ? data.trim() : `HTTP ${response.status}`;
}
