import { signal } from "@preact/signals";
import { type JobKey, type WholeJob, getJob, hasEnded } from "../api/jobs";

const EVERY_MS = 1000;
const RATE_OVER = 8; // samples

export interface Sample {
  /** Milliseconds. */
  at: number;
  rows: number;
}

/** A job as it goes on, asked for every second until it has ended. */
export class JobWatch {
  readonly job = signal<WholeJob | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly samples = signal<Sample[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(readonly key: JobKey) {}

  start = (): (() => void) => {
    this.#stopped = false;
    void this.#ask();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
    };
  };

  retry = (): void => {
    this.error.value = undefined;
    void this.#ask();
  };

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const job = await getJob(this.key);
      this.error.value = undefined;
      this.samples.value = [...this.samples.value, { at: Date.now(), rows: job.progress.rows_done }];
      this.job.value = job;
      // The mail goes out a moment after the end.
      const settled = hasEnded(job) && !["not_due", "due", "sending"].includes(job.mail.status);
      if (!settled && !this.#stopped) {
        this.#timer = setTimeout(() => void this.#ask(), hasEnded(job) ? 3 * EVERY_MS : EVERY_MS);
      }
    } catch (error) {
      if (!this.#stopped) this.error.value = error;
    }
  }
}

/** Rows a second over the last samples; undefined before there are two. */
export function rateOf(samples: Sample[]): number | undefined {
  const last = samples.at(-1);
  const first = samples.at(-Math.min(samples.length, RATE_OVER));
  if (!first || !last || last.at === first.at) return undefined;
  return ((last.rows - first.rows) * 1000) / (last.at - first.at);
}

export interface Rate {
  /** Milliseconds. */
  at: number;
  /** Rows a second since the sample before. */
  rate: number;
}

/** Rows come in steps: a rate is that from one step to the next, and of what has come since. */
export function ratesOf(samples: Sample[]): Rate[] {
  const steps = samples.filter(
    ({ rows }, place) => place === 0 || place === samples.length - 1 || rows !== samples[place - 1]?.rows,
  );
  return steps.slice(1).flatMap(({ at, rows }, place) => {
    const before = steps[place];
    return before && at > before.at ? [{ at, rate: ((rows - before.rows) * 1000) / (at - before.at) }] : [];
  });
}
