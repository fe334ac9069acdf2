/** Corrections of the failed rows of a job, until they are sent or this tab is closed. */
export interface Corrections {
  /** Rows as they are shown. */
  cells: string[][];
  /** Places of the rows that are left out. */
  left: number[];
}

const keyOf = (job: string) => `ferry.corrections.${job}`;

/** Undefined where there are none, or none for so many rows. */
export function keptCorrections(job: string, rows: number): Corrections | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(job)) ?? "null") as Corrections | null;
    return kept?.cells.length === rows ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function keepCorrections(job: string, corrections: Corrections): void {
  try {
    sessionStorage.setItem(keyOf(job), JSON.stringify(corrections));
  } catch {
    // A browser without storage, or rows too long for it: they are in the page alone.
  }
}

export function forgetCorrections(job: string): void {
  try {
    sessionStorage.removeItem(keyOf(job));
  } catch {
    // It has none.
  }
}
