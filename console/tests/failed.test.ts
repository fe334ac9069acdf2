import { unzipSync, zipSync } from "fflate";
import { expect, test } from "vitest";
import { readFailed, readFailedRows } from "../src/failed-rows";
import { correctionOptions } from "../src/state/import-form";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const types: Record<string, string> = { name: "string", amount: "integer", tags: "array" };
const typeOf = (column: string) => types[column];

const JSON_FILE = `[
{"line":2,"field":"amount","reason":"must be a \\"number\\"","name": "007", "amount": "x", "big": 1.10000000000000000001},
{"line":3,"field":"","reason":"broken","original":"{\\"name\\": \\"c\\", \\"name\\": 1}"},
{"line":4,"field":"tags, amount","reason":"both","tags":{"a":[1,"}"]}}
]`;

test("failed rows of a JSON file keep what was not edited, and edited values have the column's type", () => {
  const read = readFailed(bytesOf(JSON_FILE));
  expect(read?.columns).toEqual(["name", "amount", "big", "original", "tags"]);
  expect(read?.rows[0]).toEqual({
    line: "2",
    fields: ["amount"],
    reason: 'must be a "number"',
    cells: ["007", "x", "1.10000000000000000001", "", ""],
  });
  expect(read?.rows[2]?.fields).toEqual(["tags", "amount"]);
  const cells = read?.rows.map((row) => [...row.cells]) ?? [];
  cells[0]![1] = "19";
  cells[1]![3] = '{"name": "c"}';
  cells[2]![4] = '["a"]';
  const { content, suffix } = read!.write(cells.map((row, at) => ({ at, cells: row })), typeOf);
  expect(suffix).toBe(".json");
  expect(content).toBe(`[
{"line":2,"field":"amount","reason":"must be a \\"number\\"","name":"007","amount":19,"big":1.10000000000000000001},
{"line":3,"field":"","reason":"broken","original":"{\\"name\\": \\"c\\"}"},
{"line":4,"field":"tags, amount","reason":"both","tags":["a"]}
]`);
});

test("an edited text stays text, an emptied cell becomes null, rows left out are not sent", () => {
  const lines = '{"line":1,"field":"name","reason":"r","name":5,"amount":1}\n{"line":2,"field":"","reason":"r","name":null}\n';
  const read = readFailed(bytesOf(lines));
  const { content, suffix } = read!.write([{ at: 0, cells: ["6", ""] }], typeOf);
  expect([content, suffix]).toEqual(['{"line":1,"field":"name","reason":"r","name":"6","amount":null}\n', ".jsonl"]);
  expect(read!.write([{ at: 1, cells: ["", ""] }], typeOf).content).toBe('{"line":2,"field":"","reason":"r","name":null}\n');
});

test("what is no file of failed rows is not taken for one", () => {
  for (const text of ['[{"line": 2}]', "[", '{"a":1}', "PK\u0003\u0004", "", '[{"line":1,"field":"","reason":""'])
    expect(readFailed(bytesOf(text))).toBeUndefined();
  expect(readFailedRows("a,b\n1,2\n")).toBeUndefined();
});

const SHEET =
  "<worksheet><sheetData><row>" +
  ["line", "field", "reason", "code", "when", "ok"].map((name) => `<c s="1" t="inlineStr"><is><t>${name}</t></is></c>`).join("") +
  '</row><row><c><v>2</v></c><c t="inlineStr"><is><t>ok</t></is></c><c t="inlineStr"><is><t>a &lt; b_x0001_</t></is></c>' +
  '<c t="inlineStr"><is><t xml:space="preserve">007</t></is></c><c s="3"><v>46022.5000000000</v></c><c t="e"><v>#N/A</v></c></row>' +
  '<row><c><v>3</v></c><c/><c/><c><v>7</v></c><c s="2"><v>46022</v></c><c t="b"><v>1</v></c></row></sheetData></worksheet>';

test("failed rows of a workbook keep the kinds of cells that were not edited", () => {
  const file = zipSync({ "xl/workbook.xml": bytesOf("<workbook/>"), "xl/worksheets/sheet1.xml": bytesOf(SHEET) });
  const read = readFailed(file);
  expect(read?.columns).toEqual(["code", "when", "ok"]);
  expect(read?.rows[0]).toEqual({
    line: "2",
    fields: ["ok"],
    reason: "a < b\u0001",
    cells: ["007", "2025-12-31T12:00:00", "#N/A"],
  });
  expect(read?.rows[1]?.cells).toEqual(["7", "2025-12-31", "true"]);
  const { content, suffix } = read!.write([{ at: 0, cells: ["007", "2025-12-31T12:00:00", "<&_x0041_"] }], typeOf);
  expect(suffix).toBe(".xlsx");
  const written = unzipSync(content as Uint8Array);
  expect(Object.keys(written)).toEqual(["xl/workbook.xml", "xl/worksheets/sheet1.xml"]);
  const sheet = new TextDecoder().decode(written["xl/worksheets/sheet1.xml"]);
  expect(sheet).toContain('<t xml:space="preserve">007</t>');
  expect(sheet).toContain("<v>46022.5000000000</v>");
  expect(sheet).toContain('<c t="inlineStr"><is><t xml:space="preserve">&lt;&amp;_x005F_x0041_</t></is></c></row></sheetData>');
  expect(sheet).not.toContain("#N/A");
  const again = readFailed(content as Uint8Array);
  expect(again?.rows.map(({ cells }) => cells)).toEqual([["007", "2025-12-31T12:00:00", "<&_x0041_"]]);
});

test("corrected rows stand in a list of their own", () => {
  expect(correctionOptions({ records: "data.items" })).toEqual({});
  expect(correctionOptions({ records: "data[].fields" })).toEqual({ records: "[].fields" });
});
