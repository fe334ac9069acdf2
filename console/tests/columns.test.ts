import { expect, test } from "vitest";
import { chosenFrom, columnsFromQuery, columnsToQuery, movedTo, shownOf } from "../src/columns";

const NAMES = ["sku", "name", "stock"];
const all = chosenFrom(NAMES, undefined);

test("a column is moved to a place, and to none beyond the ends", () => {
  expect(shownOf(movedTo(all, 0, 2))).toEqual(["name", "stock", "sku"]);
  expect(shownOf(movedTo(all, 2, 0))).toEqual(["stock", "sku", "name"]);
  expect(movedTo(all, 0, -1)).toBe(all);
  expect(movedTo(all, 2, 3)).toBe(all);
});

test("an address keeps which columns are shown, and in which order", () => {
  const chosen = chosenFrom(NAMES, ["stock", "sku"]);
  expect(chosen.map(({ name, shown }) => name + Number(shown))).toEqual(["stock1", "sku1", "name0"]);
  expect(columnsFromQuery(columnsToQuery(chosen, NAMES))).toEqual(["stock", "sku"]);
  expect(columnsToQuery(all, NAMES)).toBe("");
});

test("columns that the table does not have are no choice", () => {
  expect(chosenFrom(NAMES, ["gone"])).toEqual(all);
  for (const text of [null, "", "{", "7", '{"a":1}']) expect(columnsFromQuery(text)).toBeUndefined();
  expect(columnsFromQuery('["sku", 7]')).toEqual(["sku"]);
});
