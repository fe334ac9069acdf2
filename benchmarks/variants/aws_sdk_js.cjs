// The AWS SDK for JavaScript v3: DocumentClient, with csv-parse and csv-stringify.
// node aws_sdk_js.cjs CASE PATH

const fs = require("node:fs");
const readline = require("node:readline");
const { randomUUID } = require("node:crypto");
const { once } = require("node:events");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { BatchWriteCommand, DynamoDBDocumentClient, paginateScan } = require("@aws-sdk/lib-dynamodb");
const { parse } = require("csv-parse");
const { stringify } = require("csv-stringify/sync");

const TABLE = "records";
const COLUMNS = [
  "_sk", "created_by", "created_at", "updated_at",
  "code", "n", "price", "active", "email", "name", "created", "tags", "addr", "note",
  "read_perm", "write_perm",
];
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

async function exportTo(path, head, text) {
  const file = fs.createWriteStream(path);
  file.write(head);
  for await (const page of paginateScan({ client }, { TableName: TABLE })) {
    if (!file.write(text(page.Items))) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

async function importFrom(rows) {
  let batch = [];
  for await (const row of rows) {
    batch.push({ PutRequest: { Item: { _pk: randomUUID(), _sk: "row", ...row } } });
    if (batch.length === 25) {
      await write(batch);
      batch = [];
    }
  }
  if (batch.length > 0) await write(batch);
}

async function write(requests) {
  let unprocessed = { [TABLE]: requests };
  while (Object.keys(unprocessed).length > 0) {
    const answer = await client.send(new BatchWriteCommand({ RequestItems: unprocessed }));
    unprocessed = answer.UnprocessedItems ?? {};
  }
}

function shown(item) {
  return Object.fromEntries(COLUMNS.map((name) => [name, item[name] ?? null]));
}

function typed(row) {
  return {
    ...row,
    n: Number(row.n),
    price: Number(row.price),
    active: row.active === "true",
    tags: JSON.parse(row.tags),
    addr: JSON.parse(row.addr),
    note: row.note || null,
  };
}

async function* csvRows(path) {
  for await (const row of fs.createReadStream(path).pipe(parse({ columns: true }))) yield typed(row);
}

async function* jsonRows(path) {
  for await (const line of readline.createInterface({ input: fs.createReadStream(path) })) {
    yield JSON.parse(line);
  }
}

const cases = {
  export_csv: (path) =>
    exportTo(path, stringify([COLUMNS]), (items) =>
      stringify(items, { columns: COLUMNS, cast: { boolean: String } }),
    ),
  export_jsonl: (path) =>
    exportTo(path, "", (items) => items.map((item) => JSON.stringify(shown(item)) + "\n").join("")),
  import_csv: (path) => importFrom(csvRows(path)),
  import_jsonl: (path) => importFrom(jsonRows(path)),
};

const [, , name, path] = process.argv;
cases[name](path).catch((error) => {
  console.error(error);
  process.exit(1);
});
