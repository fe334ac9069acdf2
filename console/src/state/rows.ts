import { signal } from "@preact/signals";
import { type Row, type Selection, PAGE_ROWS, listRows } from "../api/tables";

const MOST_PAGES = 60; // kept; those longest out of view are dropped
const PATIENCE_MS = 80; // a page that is only scrolled past is not asked for

/** The rows of a table that a grid shows, read in pages as they come into view. */
export class RowPages {
  readonly total = signal<number | undefined>(undefined);
  readonly error = signal<unknown>(undefined);
  readonly version = signal(0);
  #pages = new Map<number, Row[]>();
  #asked = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly table: number,
    readonly selected: Selection,
  ) {}

  row(at: number): Row | undefined {
    return this.#pages.get(Math.floor(at / PAGE_ROWS))?.[at % PAGE_ROWS];
  }

  /** The grid shows these rows. */
  show = (first: number, end: number): void => {
    clearTimeout(this.#timer);
    const wait = this.total.value === undefined ? 0 : PATIENCE_MS;
    this.#timer = setTimeout(() => {
      for (let page = Math.floor(first / PAGE_ROWS); page * PAGE_ROWS < Math.max(end, 1); page++) {
        void this.#read(page);
      }
    }, wait);
  };

  put(at: number, row: Row): void {
    const page = this.#pages.get(Math.floor(at / PAGE_ROWS));
    if (page) page[at % PAGE_ROWS] = row;
    this.version.value++;
  }

  retry = (): void => {
    this.error.value = undefined;
    this.show(0, 1);
  };

  async #read(page: number): Promise<void> {
    if (this.#asked.has(page) || this.error.value !== undefined) return;
    this.#asked.add(page);
    try {
      const list = await listRows(this.table, this.selected, page * PAGE_ROWS);
      this.#pages.set(page, list.objects);
      this.total.value = list.meta.total_count;
      this.#drop();
      this.version.value++;
    } catch (error) {
      this.#asked.delete(page);
      this.error.value = error;
    }
  }

  #drop(): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) return;
      this.#pages.delete(page);
      this.#asked.delete(page);
    }
  }
}
