import { call, callWithHeaders } from "./client";
import type { components } from "./schema";
import { type List, type Table, tablePath } from "./tables";

export type Job = components["schemas"]["Job"];
export type Operation = Job["operation"];

export interface TableJob {
  table: Table;
  job: Job;
}

/** A job with its table and with who started it. */
export type ListedJob = components["schemas"]["ListedJob"];

/** A listed job, and its life. */
export type WholeJob = components["schemas"]["WholeJob"];
export type Life = WholeJob["life"];

export const STATUSES = ["pending", "ready", "finish", "failed", "cancelled"] as const;

export interface JobsAsked {
  table: number | undefined;
  anyone: boolean;
  /** "" for any. */
  status: string;
  cursor: string;
}

export interface JobsFound {
  jobs: ListedJob[];
  /** Of the page of older ones; "" where there are none. */
  next: string;
}

export interface JobKey {
  table: number;
  operation: Operation;
  job: string;
}

const RECENT = 20;
const AT_ONCE = 3; // each may start a function

/** By this path owners reach others' jobs, too. */
const jobPath = ({ job }: JobKey) => `/oserve/v1/job/${job}/`;

/** Version 1 of the public API has no list of exports. */
const jobsPath = (table: number, operation: Operation) =>
  `/oserve/v1.5/table/${table}/${operation}/`;

export const hasEnded = (job: Job) => job.status !== "pending" && job.status !== "ready";

export const getJob = (key: JobKey) => call<WholeJob>(jobPath(key));

export const cancelJob = (key: JobKey) =>
  call<{ status: string }>(`${jobPath(key)}cancel/`, { method: "POST" });

export const deleteJob = (key: JobKey) => call<unknown>(jobPath(key), { method: "DELETE" });

/** What a person has written of a job's limits; empty for none. */
export interface Limits {
  /** US dollars. */
  budget: string;
  /** Units a second. */
  rate: string;
}

export const NO_LIMITS: Limits = { budget: "", rate: "" };

/** Return a limit, undefined for none. What is no number goes as text: the service says what is wrong with it. */
export function limitOf(text: string): number | string | undefined {
  if (!text.trim()) return undefined;
  // JSON has neither NaN nor Infinity, and null in their place would lift the limit.
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Resume a job that has stopped at its budget; an empty one is none. */
export const resumeJob = ({ table, operation, job }: JobKey, kind: "budget" | "budget_units", budget: string) =>
  call<{ status: string }>(`${tablePath(table)}${operation}/${job}/resume/`, {
    method: "POST",
    json: { [kind]: limitOf(budget) ?? null },
  });

/** Undo or apply an import, as whoever started it may. */
export async function replayJob({ table, job }: JobKey, what: "undo" | "apply"): Promise<string> {
  const query = what === "apply" ? { keep_before: 1 } : {};
  const answer = await callWithHeaders(`${tablePath(table)}import/${job}/${what}/`, { method: "POST", query });
  return answer.headers.get("X-Job-Id") ?? "";
}

const PAGE_JOBS = 50;
const MOST_EMPTY = 20; // pages on which no job has the wanted status

/** A page of jobs, the newest first. */
export async function listJobs(asked: JobsAsked): Promise<JobsFound> {
  let next = asked.cursor;
  for (let page = 0; page < MOST_EMPTY; page++) {
    const query = {
      started_by: asked.anyone ? "anyone" : "me",
      status: asked.status,
      table_id: asked.table,
      limit: PAGE_JOBS,
      cursor: next,
    };
    type Answer = { meta: { next: string | null }; objects: ListedJob[] };
    const { meta, objects } = await call<Answer>("/oserve/v1/job/", { query });
    next = new URLSearchParams(meta.next?.split("?")[1]).get("cursor") ?? "";
    if (objects.length || !next) return { jobs: objects, next };
  }
  return { jobs: [], next };
}

/** The caller's newest jobs of these tables, the newest first. */
export async function recentJobs(tables: Table[], limit = RECENT): Promise<TableJob[]> {
  const asked = tables.flatMap((table) =>
    (["export", "import"] as const).map((operation) => ({ table, operation })),
  );
  const found: TableJob[] = [];
  const work = async () => {
    for (let next = asked.shift(); next; next = asked.shift()) {
      const { table, operation } = next;
      const list = await call<List<Job>>(jobsPath(table.id, operation), { query: { limit } });
      found.push(...list.objects.map((job) => ({ table, job })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.sort(
    (a, b) => b.job.created_at - a.job.created_at || (a.job.job_id < b.job.job_id ? 1 : -1),
  );
}
