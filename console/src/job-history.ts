import type { Job } from "./api/jobs";

/** How many jobs were started in each day, hour or minute, and how many rows they have dealt with. */
export interface JobHistory {
  /** Unix seconds at which each period starts, in this machine's time zone. */
  times: number[];
  jobs: number[];
  rows: number[];
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;
const MOST_PERIODS = 48; // of hours and minutes

/** By the shortest periods of which there are not too many. */
export function historyOf(jobs: Pick<Job, "created_at" | "progress">[]): JobHistory {
  const moments = jobs.map(({ created_at }) => created_at);
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const period = [MINUTE_S, HOUR_S].find((each) => last - first < MOST_PERIODS * each) ?? DAY_S;
  const times: number[] = [];
  for (let at = startOf(first, period); at <= last; at = nextOf(at, period)) times.push(at);
  const places = new Map(times.map((time, place) => [time, place]));
  const history: JobHistory = { times, jobs: times.map(() => 0), rows: times.map(() => 0) };
  for (const { created_at, progress } of jobs) {
    const place = places.get(startOf(created_at, period)) ?? 0;
    history.jobs[place] = (history.jobs[place] ?? 0) + 1;
    history.rows[place] = (history.rows[place] ?? 0) + progress.rows_done;
  }
  return history;
}

function startOf(seconds: number, period: number): number {
  const date = new Date(seconds * 1000);
  if (period === DAY_S) date.setHours(0);
  if (period >= HOUR_S) date.setMinutes(0);
  date.setSeconds(0, 0);
  return date.getTime() / 1000;
}

/** Days have 23 or 25 hours where clocks change. */
const nextOf = (start: number, period: number) => startOf(start + period + (period === DAY_S ? 2 * HOUR_S : 0), period);
