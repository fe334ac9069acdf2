import { expect, test } from "vitest";
import { historyOf } from "../src/job-history";
import { ratesOf } from "../src/state/watch";
import { t } from "../src/words";

const NOON = new Date(2026, 2, 28, 12).getTime() / 1000; // where clocks change, they do within a week
const job = (created_at: number, rows_done: number) => ({ created_at, progress: { rows_done, rows_total: null, bytes: 0 } });

test("jobs of many days are counted by day, days without one too", () => {
  const { times, jobs, rows } = historyOf([job(NOON, 5), job(NOON + 60, 7), job(NOON + 4 * 86_400, 1)]);
  expect(times.map((time) => new Date(time * 1000).getHours())).toEqual([0, 0, 0, 0, 0]);
  expect(jobs).toEqual([2, 0, 0, 0, 1]);
  expect(rows).toEqual([12, 0, 0, 0, 1]);
});

test("jobs of two days are counted by hour, those of an hour by minute", () => {
  expect(historyOf([job(NOON, 5), job(NOON + 121, 1)]).jobs).toEqual([1, 0, 1]);
  const { jobs } = historyOf([job(NOON, 5), job(NOON + 3 * 3600 + 1, 1)]);
  expect(jobs).toEqual([1, 0, 0, 1]);
  expect(historyOf([]).times).toEqual([]);
});

test("the rate between samples is in rows a second", () => {
  const samples = [{ at: 1000, rows: 0 }, { at: 3000, rows: 100 }, { at: 3000, rows: 100 }, { at: 4000, rows: 100 }];
  expect(ratesOf(samples)).toEqual([{ at: 3000, rate: 50 }, { at: 4000, rate: 0 }]);
});

test("one row is not rows", () => {
  expect([t("table.rows.count", { n: 1 }), t("table.rows.count", { n: 2000 })]).toEqual(["1 row", "2,000 rows"]);
});
