import { signal } from "@preact/signals";

const WIDE = matchMedia("(min-width: 60rem)");

/** Whether two texts fit beside each other. */
export const wide = signal(WIDE.matches);

WIDE.addEventListener("change", () => {
  wide.value = WIDE.matches;
});
