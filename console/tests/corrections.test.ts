import { expect, test, vi } from "vitest";
import { forgetCorrections, keepCorrections, keptCorrections } from "../src/state/kept-corrections";

test("corrections are kept for as many rows as they are of, and for their job alone", () => {
  const storage = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, text: string) => void storage.set(key, text),
    removeItem: (key: string) => void storage.delete(key),
  });
  const corrections = { cells: [["C1", "7"]], left: [0] };
  keepCorrections("a", corrections);
  expect(keptCorrections("a", 1)).toEqual(corrections);
  expect(keptCorrections("a", 2)).toBeUndefined();
  expect(keptCorrections("b", 1)).toBeUndefined();
  forgetCorrections("a");
  expect(keptCorrections("a", 1)).toBeUndefined();
});

test("without storage nothing is kept, and nothing breaks", () => {
  vi.stubGlobal("sessionStorage", undefined);
  keepCorrections("a", { cells: [], left: [] });
  forgetCorrections("a");
  expect(keptCorrections("a", 0)).toBeUndefined();
});
