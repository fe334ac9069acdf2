/** Which rows of a long list are in view. */
export interface View {
  first: number;
  /** Behind the last one. */
  end: number;
  /** Where the first of them is drawn, in pixels from the top of the scrolled box. */
  top: number;
  /** How high the scrolled box is. */
  height: number;
}

export const ROW_HEIGHT = 36;
const BEYOND = 6; // rows drawn above and below the view
// Firefox draws nothing beyond 17.9 million pixels, Chromium beyond 33.5: a longer list is
// scrolled in proportion.
const MOST_HEIGHT = 12_000_000;

/** How far a box is scrolled, at the least change, so that a row is in view. */
export function scrollFor(row: number, scrollTop: number, viewHeight: number, rows: number): number {
  const full = rows * ROW_HEIGHT;
  const scrollable = Math.max(Math.min(full, MOST_HEIGHT) - viewHeight, 1);
  const ratio = full > MOST_HEIGHT ? (full - viewHeight) / scrollable : 1;
  const from = scrollTop * ratio;
  const top = row * ROW_HEIGHT;
  if (top < from) return top / ratio;
  return top + ROW_HEIGHT > from + viewHeight ? (top + ROW_HEIGHT - viewHeight) / ratio : scrollTop;
}

export function viewOf(scrollTop: number, viewHeight: number, rows: number): View {
  const full = rows * ROW_HEIGHT;
  const height = Math.min(full, MOST_HEIGHT);
  const scrollable = Math.max(height - viewHeight, 1);
  const ratio = full > height ? (full - viewHeight) / scrollable : 1;
  const from = Math.min(Math.max(scrollTop, 0), scrollable) * ratio;
  const first = Math.max(Math.floor(from / ROW_HEIGHT) - BEYOND, 0);
  const end = Math.min(Math.ceil((from + viewHeight) / ROW_HEIGHT) + BEYOND, rows);
  return { first, end, top: scrollTop - (from - first * ROW_HEIGHT), height };
}
