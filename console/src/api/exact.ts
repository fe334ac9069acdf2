/**
 * JSON whose numbers keep all of their digits. Rows hold numbers of up to 38 digits, which a
 * double would change; such a number becomes a `Digits`, which shows and sends its own text.
 */
export class Digits {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  /** JSON.rawJSON is of the same proposal as the source text below. */
  toJSON(): unknown {
    const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };
    return rawJSON ? rawJSON(this.text) : Number(this.text);
  }
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

const keepDigits: Reviver = (_key, value, context) =>
  typeof value === "number" && context?.source !== undefined && String(value) !== context.source
    ? new Digits(context.source)
    : value;

export function parseExactly(text: string): unknown {
  // The third argument: https://github.com/tc39/proposal-json-parse-with-source. A browser without
  // it shows the nearest double.
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}
