import type { Field, FieldType } from "./api/tables";

export interface Condition {
  column: string;
  operator: Operator;
  value: string;
}

export const OPERATORS = [
  "eq", "ne", "lt", "lte", "gt", "gte", "icontains", "isnull", "exists",
] as const;
export type Operator = (typeof OPERATORS)[number];

const ORDERED: Operator[] = ["eq", "ne", "gt", "gte", "lt", "lte"];
const NOTHING: Operator[] = ["isnull", "exists"];
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Which questions a column of the type takes; docs/api-records.md#where. */
export function operatorsOf(type: FieldType): Operator[] {
  switch (type) {
    case "string":
      return ["icontains", ...ORDERED, ...NOTHING];
    case "integer":
    case "number":
    case "date":
      return [...ORDERED, ...NOTHING];
    case "boolean":
    case "reference":
    case "pointer":
      return ["eq", "ne", ...NOTHING];
    case "array":
      return ["eq", ...NOTHING];
    default:
      return NOTHING;
  }
}

export const takesValue = (operator: Operator) => !NOTHING.includes(operator);

/**
 * All conditions as the text of a `where`; undefined where there is none. A condition whose value
 * is not one of the column's type is left out and named in `bad`.
 */
export function compile(
  conditions: Condition[],
  fields: Field[],
): { where: string | undefined; bad: Condition[] } {
  const texts: string[] = [];
  const bad: Condition[] = [];
  for (const condition of conditions) {
    const field = fields.find(({ name }) => name === condition.column);
    const operand = field && operandOf(condition, field.type);
    if (operand === undefined) bad.push(condition);
    else texts.push(`{${JSON.stringify(condition.column)}: {"$${condition.operator}": ${operand}}}`);
  }
  if (texts.length < 2) return { where: texts[0], bad };
  return { where: `{"$and": [${texts.join(", ")}]}`, bad };
}

function operandOf({ operator, value }: Condition, type: FieldType): string | undefined {
  if (!takesValue(operator)) return "true";
  if (type === "array") return asJson(value) ?? JSON.stringify(value);
  return type === "string" ? JSON.stringify(value) : literalOf(value.trim(), type);
}

/** The text of a JSON value of the type; undefined where the text is none. */
export function literalOf(text: string, type: FieldType): string | undefined {
  switch (type) {
    case "string":
      return JSON.stringify(text);
    case "integer":
      return /^-?\d+$/.test(text) ? plain(text) : undefined;
    case "number":
      return NUMBER.test(text) ? plain(text) : undefined;
    case "boolean":
      return text === "true" || text === "false" ? text : undefined;
    case "date":
    case "reference":
    case "pointer":
      return text ? JSON.stringify(text) : undefined;
    default:
      return asJson(text);
  }
}

/** JSON numbers have no zeros in front. */
const plain = (digits: string) => digits.replace(/^(-?)0+(?=\d)/, "$1");

function asJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

export const toQuery = (conditions: Condition[]) =>
  conditions.length
    ? JSON.stringify(conditions.map(({ column, operator, value }) => [column, operator, value]))
    : "";

/** What `toQuery` has written; whatever else an address may hold is no condition. */
export function fromQuery(text: string | null): Condition[] {
  try {
    const read: unknown = JSON.parse(text ?? "[]");
    return (Array.isArray(read) ? read : []).flatMap((entry: unknown) => {
      const [column, operator, value] = Array.isArray(entry) ? (entry as unknown[]) : [];
      const known = OPERATORS.find((name) => name === operator);
      return typeof column === "string" && known && typeof value === "string"
        ? [{ column, operator: known, value }]
        : [];
    });
  } catch {
    return [];
  }
}
