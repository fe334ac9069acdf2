import { language } from "../state/preferences";
import { en, type Word } from "./en";
import { zh } from "./zh";

export type { Word };

/**
 * The word in the language that is set; `{n}` is replaced by what is given as `n`, and `{n|row|rows}`
 * by the one or the other: for the number 1, and for others.
 */
export function t(word: Word, given: Record<string, string | number> = {}): string {
  const text = (language.value === "zh-CN" ? zh : en)[word];
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = given[name];
    if (value === undefined) return whole;
    if (one !== undefined && many !== undefined) return value === 1 ? one : many;
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

export const formatNumber = (value: number) => new Intl.NumberFormat(language.value).format(value);

export function formatTime(unixSeconds: number): string {
  return new Intl.DateTimeFormat(language.value, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(unixSeconds * 1000);
}

/** To the second. */
export function formatMoment(unixSeconds: number): string {
  return new Intl.DateTimeFormat(language.value, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(unixSeconds * 1000);
}

export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return new Intl.NumberFormat(language.value, {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: power ? "short" : "long",
    maximumFractionDigits: power ? 1 : 0,
  }).format(bytes / 1000 ** power);
}

export function formatDuration(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 1);
  const [value, unit] =
    whole < 90
      ? ([whole, "second"] as const)
      : whole < 5400
        ? ([Math.round(whole / 60), "minute"] as const)
        : ([Math.round(whole / 3600), "hour"] as const);
  return new Intl.NumberFormat(language.value, {
    style: "unit",
    unit,
    unitDisplay: "long",
  }).format(value);
}

export const formatDollars = (value: number) =>
  new Intl.NumberFormat(language.value, {
    style: "currency",
    currency: "USD",
    maximumSignificantDigits: 2,
  }).format(value);
