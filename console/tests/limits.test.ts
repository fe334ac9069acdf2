import { expect, test } from "vitest";
import { limitOf } from "../src/api/jobs";

test("a limit is a number, and an empty one is none", () => {
  expect(limitOf(" 0.5 ")).toBe(0.5);
  expect(limitOf("  ")).toBeUndefined();
});

test.each(["1,5", "2 units", "NaN", "Infinity", "1e999"])("%s lifts no limit: the service refuses it", (text) => {
  expect(JSON.parse(JSON.stringify({ budget: limitOf(text) }))).toEqual({ budget: text });
});
