import { ApiError, call, callWithHeaders } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type FieldType = Schemas["FieldType"];
export type Meta = Schemas["Meta"];
export type Row = Record<string, unknown> & { id?: string };

export interface Field {
  name: string;
  type: FieldType;
  constraints?: { required?: boolean };
}

export interface Table {
  id: number;
  name: string;
  schema: { fields: Field[] };
  indexes: { fields: string[] }[];
  attached?: { table: string; keys: string[] };
  created_at: number;
  updated_at: number;
}

export interface List<T> {
  meta: Meta;
  objects: T[];
}

const TABLES = "/oserve/v1/table/";
const MOST_TABLES = 1000; // of one call

export const tablePath = (id: number) => `${TABLES}${id}/`;

/** The lists have no time to answer large tables in one piece: pages of this many rows. */
export const PAGE_ROWS = 200;

export const listTables = () => call<List<Table>>(TABLES, { query: { limit: MOST_TABLES } });

export const getTable = (id: number) => call<Table>(tablePath(id));

export const createTable = (name: string, fields: Field[]) =>
  call<Table>(TABLES, { method: "POST", json: { name, schema: { fields } } });

export const deleteTable = (id: number) => call<unknown>(tablePath(id), { method: "DELETE" });

export interface Selection {
  /** A condition as JSON text. */
  where?: string;
  /** A column, with `-` before it for descending. */
  order?: string;
}

export const listRows = (id: number, selected: Selection, offset: number, limit = PAGE_ROWS) =>
  call<List<Row>>(`${tablePath(id)}record/`, {
    query: { where: selected.where, order_by: selected.order, offset, limit },
  });

/** A row as it is stored, and the ETag by which a change of it says that it was meant. */
export interface RowVersion {
  row: Row;
  etag: string;
}

const rowPath = (table: number, row: string) => `${tablePath(table)}record/${row}/`;

export async function getRow(table: number, row: string): Promise<RowVersion> {
  const { data, headers } = await callWithHeaders<Row>(rowPath(table, row));
  return { row: data, etag: headers.get("ETag") ?? "" };
}

/** Change one column; refused where the row is not as `etag` has it, see `nowOf`. */
export const updateRow = (table: number, row: string, column: string, json: string, etag: string) =>
  call<Row>(rowPath(table, row), {
    method: "PUT",
    json: `{${JSON.stringify(column)}: ${json}}`,
    headers: { "If-Match": etag },
  });

/** The row as it is now, where a change was refused because somebody else has changed it. */
export function nowOf(error: unknown): RowVersion | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined;
  const { record, etag } = (error.body ?? {}) as { record?: Row; etag?: string };
  return record && etag ? { row: record, etag } : undefined;
}

export interface ProposedAttribute {
  name: string;
  type: string;
  /** Shares in percent of DynamoDB's types. */
  types: Record<string, number>;
  example?: unknown;
  why?: string;
}

/** The body that attaches a DynamoDB table, and what it is made from. */
export interface Proposal {
  name: string;
  attached: Record<string, unknown>;
  schema: { fields: Field[] };
  sample: {
    items: number;
    read_units: number;
    whole: boolean;
    attributes: ProposedAttribute[];
    left_out: Record<string, unknown>;
  };
}

/** Look at a DynamoDB table; nothing is made. */
export const proposeAttached = (name: string, table: string) =>
  call<Proposal>(TABLES, { method: "POST", json: { name, attached: { table } } });

export const attachTable = ({ name, attached, schema }: Omit<Proposal, "sample">) =>
  call<Table>(TABLES, { method: "POST", json: { name, attached, schema } });
