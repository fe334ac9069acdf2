import { expect, test } from "vitest";
import type { Field } from "../src/api/tables";
import { type Condition, OPERATORS, compile, fromQuery, literalOf, operatorsOf, toQuery } from "../src/where";

const fields: Field[] = [
  { name: "name", type: "string" },
  { name: "stock", type: "integer" },
  { name: "on", type: "boolean" },
];
const condition = (column: string, operator: Condition["operator"], value: string) => ({ column, operator, value });

test("several conditions must all hold", () => {
  const { where, bad } = compile([condition("name", "icontains", 'a"b'), condition("on", "eq", "true")], fields);
  expect(JSON.parse(where ?? "")).toEqual({
    $and: [{ name: { $icontains: 'a"b' } }, { on: { $eq: true } }],
  });
  expect(bad).toEqual([]);
});

test("numbers keep their digits", () => {
  const digits = "12345678901234567890123456789012345678";
  expect(compile([condition("stock", "gt", digits)], fields).where).toBe(`{"stock": {"$gt": ${digits}}}`);
});

test("what is no value of its column is named and not asked for", () => {
  const wrong = condition("stock", "gt", "many");
  expect(compile([wrong, condition("gone", "eq", "1")], fields)).toEqual({
    where: undefined,
    bad: [wrong, condition("gone", "eq", "1")],
  });
});

test("a question about absence needs no value", () => {
  expect(compile([condition("name", "isnull", "")], fields).where).toBe('{"name": {"$isnull": true}}');
});

test("conditions come back from an address, and whatever else stands there is none", () => {
  const asked = [condition("name", "eq", "&=#é")];
  expect(fromQuery(toQuery(asked))).toEqual(asked);
  for (const text of [null, "", "{", "3", '[["name","drop","1"]]', '[["name","eq",3]]', "[3]"]) {
    expect(fromQuery(text)).toEqual([]);
  }
});

test("every type has operators that are known", () => {
  for (const type of ["string", "integer", "number", "boolean", "date", "array", "object", "pointer"] as const) {
    expect(operatorsOf(type).length).toBeGreaterThan(0);
    expect(OPERATORS).toEqual(expect.arrayContaining(operatorsOf(type)));
  }
});

test("zeros in front are no JSON", () => {
  expect(literalOf("-007", "integer")).toBe("-7");
  expect(literalOf("00.5", "number")).toBe("0.5");
  expect(literalOf("0", "integer")).toBe("0");
});
