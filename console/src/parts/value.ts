import { Digits } from "../api/exact";
import { formatTime } from "../words";

/** A cell as text: what a person reads, never markup. */
export function textOf(value: unknown, isTime = false): string {
  if (value === null || value === undefined) return "";
  if (isTime && typeof value === "number") return formatTime(value);
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || value instanceof Digits) {
    return String(value);
  }
  if (typeof value === "object" && "_table" in value && "id" in value) return String(value.id);
  return jsonOf(value);
}

/** Compact JSON in which numbers keep their digits. */
export function jsonOf(value: unknown): string {
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, of]) => `${JSON.stringify(name)}:${jsonOf(of)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value) ?? "";
}
