import { computed, signal } from "@preact/signals";

export interface Route {
  /** `["tables", "3", "import"]` of `#/tables/3/import?…`. */
  path: string[];
  query: URLSearchParams;
}

const hash = signal(location.hash);

addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export const route = computed<Route>(() => readRoute(hash.value));

export function readRoute(text: string): Route {
  const [path = "", query = ""] = text.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decode);
  return { path: parts, query: new URLSearchParams(query) };
}

/** The href of a page: `link(["tables", 3], { order: "-id" })`. */
export function link(path: (string | number)[], query: Record<string, string> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value);
  const text = new URLSearchParams(given).toString();
  const parts = path.map((part) => encodeURIComponent(part)).join("/");
  return `#/${parts}${text ? `?${text}` : ""}`;
}

export function go(href: string): void {
  location.hash = href;
}

/** Change the address without an entry of its own in the history. */
export function replace(href: string): void {
  history.replaceState(null, "", href);
  hash.value = location.hash;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
