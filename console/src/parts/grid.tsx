import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { ROW_HEIGHT, scrollFor, viewOf } from "./window";

export interface GridColumn {
  key: string;
  title: ComponentChildren;
  /** In pixels. */
  width: number;
  sort?: "ascending" | "descending" | undefined;
  right?: boolean;
}

interface Place {
  row: number;
  column: number;
}

interface GridProps {
  label: string;
  columns: GridColumn[];
  rows: number;
  /** The cell; undefined where its row has not come yet. */
  cell: (row: number, column: number) => ComponentChildren;
  /** What edits the cell; undefined where it cannot be edited. `close` gives the focus back. */
  editor?: (row: number, column: number, close: () => void) => ComponentChildren | undefined;
  onView?: (first: number, end: number) => void;
}

const PAGE = 15;

/** Where a key leads from a cell; undefined for other keys. */
function moved({ key, ctrlKey, metaKey }: KeyboardEvent, { row, column }: Place): Place | undefined {
  const far = ctrlKey || metaKey;
  switch (key) {
    case "ArrowUp":
      return { row: row - 1, column };
    case "ArrowDown":
      return { row: row + 1, column };
    case "PageUp":
      return { row: row - PAGE, column };
    case "PageDown":
      return { row: row + PAGE, column };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "Home":
      return { row: far ? 0 : row, column: 0 };
    case "End":
      return { row: far ? Infinity : row, column: Infinity };
    default:
      return undefined;
  }
}

const within = (value: number, count: number) => Math.max(Math.min(value, count - 1), 0);

/**
 * Rows of one height in a box that scrolls; only those in view are in the page. The box has the
 * focus, and the keys move an active cell: https://www.w3.org/WAI/ARIA/apg/patterns/grid/
 */
export function Grid({ label, columns, rows, cell, editor, onView }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [scrolled, setScrolled] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () =>
      setScrolled({ top: element.scrollTop, height: element.clientHeight - ROW_HEIGHT });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const view = viewOf(scrolled.top, scrolled.height, rows);
  useLayoutEffect(() => onView?.(view.first, view.end), [view.first, view.end, onView]);

  const show = ({ row, column }: Place) => {
    const element = box.current;
    if (!element) return;
    element.scrollTop = scrollFor(row, element.scrollTop, scrolled.height, rows);
    const left = columns.slice(0, column).reduce((sum, { width }) => sum + width, 0);
    const right = left + (columns[column]?.width ?? 0);
    if (left < element.scrollLeft) element.scrollLeft = left;
    if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = right - element.clientWidth;
  };
  const edit = (place: Place) => {
    setActive(place);
    setEditing(editor?.(place.row, place.column, close) !== undefined);
  };
  const close = () => {
    setEditing(false);
    box.current?.focus({ preventScroll: true });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.target !== box.current) return;
    const next = moved(event, active);
    if (next) {
      event.preventDefault();
      const place = { row: within(next.row, rows), column: within(next.column, columns.length) };
      setActive(place);
      show(place);
    } else if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      edit(active);
    }
  };

  const widths = columns.map(({ width }) => `${width}px`).join(" ");
  // A width by its contents would be reckoned of every cell, in every frame.
  const leastWidth = `${columns.reduce((sum, { width }) => sum + width, 0)}px`;
  const shown = Array.from({ length: Math.max(view.end - view.first, 0) }, (_, at) => view.first + at);
  const inView = active.row >= view.first && active.row < view.end;
  return (
    <div
      ref={box}
      class="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length}
      aria-activedescendant={inView ? `${id}-active` : undefined}
      tabIndex={0}
      style={{ "--widths": `${widths} minmax(0, 1fr)`, "--least-width": leastWidth }}
      onKeyDown={onKey}
      onScroll={() =>
        setScrolled((before) => ({ ...before, top: box.current?.scrollTop ?? before.top }))
      }
    >
      <div class="grid-head" role="rowgroup">
        <div class="grid-row" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <div
              key={column.key}
              class={column.right ? "cell cell-right" : "cell"}
              role="columnheader"
              aria-sort={column.sort ?? "none"}
            >
              {column.title}
            </div>
          ))}
        </div>
      </div>
      <div class="grid-body" role="rowgroup" style={{ height: `${view.height}px` }}>
        <div class="grid-view" role="presentation" style={{ transform: `translateY(${view.top}px)` }}>
          {shown.map((row) => (
            <div key={row} class="grid-row" role="row" aria-rowindex={row + 2}>
              {columns.map((column, at) => {
                const here = row === active.row && at === active.column;
                return (
                  <div
                    key={column.key}
                    id={here ? `${id}-active` : undefined}
                    class={`cell${column.right ? " cell-right" : ""}${here ? " cell-active" : ""}`}
                    role="gridcell"
                    aria-colindex={at + 1}
                    onClick={() => !editing && setActive({ row, column: at })}
                    onDblClick={() => edit({ row, column: at })}
                  >
                    {(here && editing && editor?.(row, at, close)) ||
                      (cell(row, at) ?? <span class="bone" aria-hidden="true" />)}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
