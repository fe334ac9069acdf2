import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { ROW_HEIGHT, viewOf } from "./window";

export interface GridColumn {
  key: string;
  title: ComponentChildren;
  /** In pixels. */
  width: number;
  sort?: "ascending" | "descending" | undefined;
  right?: boolean;
}

interface GridProps {
  label: string;
  columns: GridColumn[];
  rows: number;
  /** The cell; undefined where its row has not come yet. */
  cell: (row: number, column: number) => ComponentChildren;
  onView?: (first: number, end: number) => void;
}

/** Rows of one height in a box that scrolls; only those in view are in the page. */
export function Grid({ label, columns, rows, cell, onView }: GridProps) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ scrollTop: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () =>
      setPlace({ scrollTop: element.scrollTop, height: element.clientHeight - ROW_HEIGHT });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const view = viewOf(place.scrollTop, place.height, rows);
  useLayoutEffect(() => onView?.(view.first, view.end), [view.first, view.end, onView]);
  const widths = columns.map(({ width }) => `${width}px`).join(" ");
  const shown = Array.from({ length: Math.max(view.end - view.first, 0) }, (_, at) => view.first + at);
  return (
    <div
      ref={box}
      class="grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      style={{ "--widths": `${widths} minmax(0, 1fr)` }}
      onScroll={(event) =>
        setPlace((before) => ({ ...before, scrollTop: event.currentTarget?.scrollTop ?? box.current?.scrollTop ?? 0 }))
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
              {columns.map((column, at) => (
                <div
                  key={column.key}
                  class={column.right ? "cell cell-right" : "cell"}
                  role="gridcell"
                >
                  {cell(row, at) ?? <span class="bone" aria-hidden="true" />}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
