/** A column of a table in the order that is chosen, and whether it is shown. */
export interface ChosenColumn {
  name: string;
  shown: boolean;
}

export const shownOf = (columns: ChosenColumn[]) =>
  columns.filter(({ shown }) => shown).map(({ name }) => name);

/** Every name once: those of `shown`, in their order, then the others, hidden. */
export function chosenFrom(names: string[], shown: string[] | undefined): ChosenColumn[] {
  const wanted = new Set(shown?.filter((name) => names.includes(name)));
  if (!wanted.size) return names.map((name) => ({ name, shown: true }));
  return [
    ...[...wanted].map((name) => ({ name, shown: true })),
    ...names.filter((name) => !wanted.has(name)).map((name) => ({ name, shown: false })),
  ];
}

/** With the one at `from` at the place `to`; the same where there is no such place. */
export function movedTo(columns: ChosenColumn[], from: number, to: number): ChosenColumn[] {
  const one = columns[from];
  if (!one || from === to || to < 0 || to >= columns.length) return columns;
  const others = columns.filter((_, at) => at !== from);
  return [...others.slice(0, to), one, ...others.slice(to)];
}

/** For an address; "" where all are shown in the table's order. */
export function columnsToQuery(columns: ChosenColumn[], names: string[]): string {
  const shown = shownOf(columns);
  return shown.join("\n") === names.join("\n") ? "" : JSON.stringify(shown);
}

/** What `columnsToQuery` has written; whatever else an address may hold is no choice. */
export function columnsFromQuery(text: string | null): string[] | undefined {
  try {
    const read: unknown = JSON.parse(text ?? "");
    if (!Array.isArray(read)) return undefined;
    return read.filter((name): name is string => typeof name === "string");
  } catch {
    return undefined;
  }
}
