import { expect, test } from "vitest";
import { readFailedJson } from "../src/failed-json";

const FILE = [
  '{"line":2,"field":"stock","reason":"no","Item":{"sku":{"S":"D2"},"stock":{"S":"many"},"on":{"BOOL":true},"tags":{"SS":["a"]}}}',
  '{"line":5,"field":"stock","reason":"no","Item":{"sku":{"S":"D\\"5"},"stock":{"NULL":true},"price":{"N":"12345678901234567890.5"}}}',
].join("\n");

test("values of DynamoDB JSON are cells, and go back in their types", () => {
  const read = readFailedJson(FILE);
  expect(read?.columns).toEqual(["sku", "stock", "on", "tags", "price"]);
  expect(read?.rows.map(({ cells }) => cells)).toEqual([
    ["D2", "many", "true", '{"SS":["a"]}', ""],
    ['D"5', "", "", "", "12345678901234567890.5"],
  ]);
  const types: Record<string, string> = { sku: "string", stock: "integer", on: "boolean", price: "number" };
  const rows = [
    { at: 0, cells: ["D2", "7", "false", '{"SS":["b"]}', ""] },
    { at: 1, cells: ["5", "x", "", "", ""] },
  ];
  const written = read?.write(rows, (name) => types[name]);
  expect(written?.suffix).toBe(".jsonl");
  const items = String(written?.content).trim().split("\n").map((line: string) => (JSON.parse(line) as { Item: unknown }).Item);
  expect(items).toEqual([
    { sku: { S: "D2" }, stock: { N: "7" }, on: { BOOL: false }, tags: { SS: ["b"] } },
    { sku: { S: "5" }, stock: { S: "x" }, price: { NULL: true } },
  ]);
});

test("what is not edited goes back as it came", () => {
  const read = readFailedJson(FILE);
  const unchanged = read?.rows.map(({ cells }, at) => ({ at, cells })) ?? [];
  expect(String(read?.write(unchanged, () => undefined).content).trim()).toBe(FILE);
});
