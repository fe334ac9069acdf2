import { call, callWithHeaders } from "./client";
import type { components } from "./schema";
import { type List, type Table, tablePath } from "./tables";

export type Job = components["schemas"]["Job"];
export type Operation = Job["operation"];

export interface TableJob {
  table: Table;
  job: Job;
}

export interface JobKey {
  table: number;
  operation: Operation;
  job: string;
}

const RECENT = 20;
const AT_ONCE = 3; // each may start a function

const jobPath = ({ table, operation, job }: JobKey) => `${tablePath(table)}${operation}/${job}/`;

/** Version 1 of the public API has no list of exports. */
const jobsPath = (table: number, operation: Operation) =>
  `/oserve/v1.5/table/${table}/${operation}/`;

export const hasEnded = (job: Job) => job.status !== "pending" && job.status !== "ready";

export const getJob = (key: JobKey) => call<Job>(jobPath(key));

export const cancelJob = (key: JobKey) =>
  call<{ status: string }>(`${jobPath(key)}cancel/`, { method: "POST" });

export const deleteJob = (key: JobKey) => call<unknown>(jobPath(key), { method: "DELETE" });

export async function replayJob(key: JobKey, what: "undo" | "apply"): Promise<string> {
  const query = what === "apply" ? { keep_before: 1 } : {};
  const answer = await callWithHeaders(`${jobPath(key)}${what}/`, { method: "POST", query });
  return answer.headers.get("X-Job-Id") ?? "";
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
