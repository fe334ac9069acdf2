import { expect, test } from "vitest";
import { asDocument } from "../src/api/configuration";
import { parseExactly } from "../src/api/exact";
import { differenceOf, linesOf, pairsOf } from "../src/difference";
import { readCells, readFailedRows, writeRows } from "../src/failed-rows";
import { jsonOf, textOf } from "../src/parts/value";
import { ROW_HEIGHT, scrollFor, viewOf } from "../src/parts/window";
import { changesOf } from "../src/row-changes";
import { correctionOptions } from "../src/state/import-form";
import { en } from "../src/words/en";
import { zh } from "../src/words/zh";

test("numbers of more digits than a double has are shown and sent as they came", () => {
  const text = '{"a":12345678901234567890,"b":[0.1234567890123456789],"c":1.5}';
  // Node 20 has no source text of numbers; browsers and newer Node have.
  const exact = jsonOf(parseExactly("12345678901234567890")) === "12345678901234567890";
  if (exact) expect(jsonOf(parseExactly(text))).toBe(text);
  expect(textOf({ _table: "people", id: "5b" })).toBe("5b");
  expect(textOf(["a", null])).toBe('["a",null]');
});

test("failed rows are read and written as they were", () => {
  const file = '\uFEFFline,field,reason,sku,"na""me"\r\n3,stock,"must be, x",C1,"a\nb"\r\n4,,whole,"",\r\n';
  const read = readFailedRows(file);
  expect(read).toMatchObject({
    columns: ["sku", 'na"me'],
    rows: [
      { line: "3", fields: ["stock"], reason: "must be, x", cells: ["C1", "a\nb"] },
      { line: "4", fields: [], reason: "whole", cells: ["", ""] },
    ],
  });
  const written = writeRows(["sku", 'na"me'], [["C1", "a\nb"], [" x", "ü;"]]);
  expect(readCells(`line,${written}`).slice(1)).toEqual([["C1", "a\nb"], [" x", "ü;"]]);
  expect(readFailedRows("PK\u0003\u0004")).toBeUndefined();
  expect(readFailedRows('[{"line": 2}]')).toBeUndefined();
  expect(readCells("_line\tfield\n1\t", "\t")).toEqual([["_line", "field"], ["1", ""]]);
});

test("a million rows can be scrolled to the last one", () => {
  const rows = 1_000_000;
  const top = viewOf(0, 720, rows);
  expect([top.first, top.top]).toEqual([0, 0]);
  const bottom = viewOf(top.height - 720, 720, rows);
  expect(bottom.end).toBe(rows);
  // The last row ends where the box ends.
  expect(Math.round(bottom.top + (rows - bottom.first) * ROW_HEIGHT)).toBe(bottom.height);
  expect(bottom.end - bottom.first).toBeLessThan(40);
  expect(viewOf(0, 720, 0)).toMatchObject({ first: 0, end: 0, height: 0 });
});

test("a difference says what is added, changed and removed", () => {
  const before = asDocument({ rules: { a: '{"x":1}', b: "B" }, streams: {} });
  const after = asDocument({ rules: { a: '{ "x": 1 }', c: "C" }, version: 1 });
  expect(differenceOf(before, after).map(({ name, kind }) => [name, kind])).toEqual([
    ["b", "removed"],
    ["c", "added"],
  ]);
  expect(linesOf("a\nb\nc", "a\nx\nc").map(({ kind, text }) => kind[0] + text)).toEqual([
    "sa", "rb", "ax", "sc",
  ]);
  const pairs = pairsOf(linesOf("a\nb\nc", "a\nx\ny\nc\nd"));
  expect(pairs.map((pair) => pair.map((line) => line?.text ?? ""))).toEqual([
    ["a", "a"], ["b", "x"], ["", "y"], ["c", "c"], ["", "d"],
  ]);
});

test("both languages name the same things", () => {
  const named = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [word, text] of Object.entries(en)) {
    expect(named(zh[word as keyof typeof en]), word).toEqual(named(text));
  }
});

test("corrected rows go in by the options of their import, but never as a mirror of the table", () => {
  const options = { encoding: "gb18030", dry_run: "1", decimal: ",", match: "sku", mode: "mirror" };
  expect(correctionOptions(options)).toEqual({ decimal: ",", match: "sku", mode: "upsert" });
});

test("a long list scrolls by the keys to every row", () => {
  const rows = 1_000_000;
  for (const row of [0, 1, 499_999, rows - 1]) {
    const scroll = scrollFor(row, 0, 720, rows);
    const { first, end } = viewOf(scroll, 720, rows);
    expect(first <= row && row < end, String(row)).toBe(true);
  }
});

test("a row that somebody else has changed is told apart, the edited column first", () => {
  const fields = ["id", "name", "stock", "updated_at"].map((name) => ({ name, type: "string" as const }));
  const seen = { id: "1", name: "Tea", stock: 5, updated_at: 1 };
  expect(changesOf(fields, "stock", "6", seen, { ...seen, updated_at: 2 })).toEqual([]);
  expect(changesOf(fields, "stock", "6", seen, { ...seen, stock: 9 })).toEqual([
    { name: "stock", yours: "6", now: "9" },
  ]);
  expect(changesOf(fields, "stock", "6", seen, { id: "1", stock: 5, updated_at: 2 })).toEqual([
    { name: "stock", yours: "6", now: "5" },
    { name: "name", yours: "Tea", now: "" },
  ]);
});
