import { expect, test } from "vitest";
import { ratesOf } from "../src/state/watch";

test("a rate is that from one step of rows to the next", () => {
  const samples = [[0, 0], [2, 0], [4, 100], [6, 100], [8, 300], [10, 300]] as const;
  const rates = ratesOf(samples.map(([at, rows]) => ({ at: at * 1000, rows })));
  expect(rates.map(({ at, rate }) => [at / 1000, rate])).toEqual([[4, 25], [8, 50], [10, 0]]);
});
