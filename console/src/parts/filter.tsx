import type { Field } from "../api/tables";
import { type Condition, type Operator, operatorsOf, takesValue } from "../where";
import { t } from "../words";
import { Select } from "./field";

const TIMES = new Set(["created_at", "updated_at"]);

interface FilterProps {
  fields: Field[];
  conditions: Condition[];
  onConditions: (conditions: Condition[]) => void;
}

/** Conditions on columns, all of which must hold; nobody writes JSON. */
export function Filter({ fields, conditions, onConditions }: FilterProps) {
  const change = (at: number, by: Partial<Condition>) =>
    onConditions(conditions.map((one, index) => (index === at ? fitting({ ...one, ...by }, fields) : one)));
  const add = () => {
    const first = fields.find(({ name }) => name !== "id" && name !== "created_by") ?? fields[0];
    if (first) onConditions([...conditions, fitting({ column: first.name, operator: "eq", value: "" }, fields)]);
  };
  return (
    <div class="filter" role="group" aria-label={t("filter.title")}>
      {conditions.map((condition, at) => (
        <div key={at} class="filter-row">
          <Select
            label={t("filter.column")}
            value={condition.column}
            choices={fields.map(({ name }) => ({ value: name, label: name }))}
            onValue={(column) => change(at, { column, value: "" })}
          />
          <Select
            label={t("filter.operator")}
            value={condition.operator}
            choices={operatorsOf(typeOf(condition, fields)).map((value) => ({
              value,
              label: t(`op.${value}`),
            }))}
            onValue={(operator) => change(at, { operator: operator as Operator })}
          />
          {takesValue(condition.operator) && (
            <Operand
              condition={condition}
              type={typeOf(condition, fields)}
              onValue={(value) => change(at, { value })}
            />
          )}
          <button
            type="button"
            class="button button-icon"
            aria-label={t("filter.remove", { column: condition.column })}
            onClick={() => onConditions(conditions.filter((_, index) => index !== at))}
          >
            ×
          </button>
        </div>
      ))}
      <button type="button" class="button button-quiet" onClick={add}>
        + {t("filter.add")}
      </button>
    </div>
  );
}

interface OperandProps {
  condition: Condition;
  type: Field["type"];
  onValue: (value: string) => void;
}

function Operand({ condition, type, onValue }: OperandProps) {
  const label = t("filter.value");
  if (type === "boolean") {
    const choices = ["true", "false"].map((value) => ({ value, label: value }));
    return <Select label={label} value={condition.value} choices={choices} onValue={onValue} />;
  }
  if (TIMES.has(condition.column)) {
    return (
      <input
        type="datetime-local"
        aria-label={label}
        value={localOf(condition.value)}
        onChange={(event) => onValue(secondsOf(event.currentTarget.value))}
      />
    );
  }
  if (type === "date") {
    return (
      <input
        type="date"
        aria-label={label}
        value={condition.value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    );
  }
  return (
    <input
      type="text"
      inputMode={type === "integer" ? "numeric" : type === "number" ? "decimal" : "text"}
      aria-label={label}
      value={condition.value}
      onInput={(event) => onValue(event.currentTarget.value)}
    />
  );
}

const typeOf = ({ column }: Condition, fields: Field[]) =>
  fields.find(({ name }) => name === column)?.type ?? "string";

function fitting(condition: Condition, fields: Field[]): Condition {
  const type = typeOf(condition, fields);
  const operators = operatorsOf(type);
  const operator = operators.includes(condition.operator) ? condition.operator : operators[0];
  const value = type === "boolean" && !condition.value ? "true" : condition.value;
  return { ...condition, operator: operator ?? "exists", value };
}

/** Unix seconds of what a date-and-time field says in this machine's time zone. */
export function secondsOf(local: string): string {
  const milliseconds = new Date(local).getTime();
  return Number.isNaN(milliseconds) ? "" : String(Math.floor(milliseconds / 1000));
}

export function localOf(seconds: string): string {
  if (!seconds) return "";
  const date = new Date(Number(seconds) * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
