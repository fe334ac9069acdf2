import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ChosenColumn, movedTo } from "../columns";
import { t } from "../words";
import { Check } from "./field";

interface ColumnChooserProps {
  label: string;
  columns: ChosenColumn[];
  /** In the table's order, for "All". */
  names: string[];
  onColumns: (columns: ChosenColumn[]) => void;
}

/**
 * Columns to be shown, in an order: dragged by a handle, or moved by its arrow keys or two buttons.
 * The buttons take no Tab: the handle's keys do the same.
 */
export function ColumnChooser({ label, columns, names, onColumns }: ColumnChooserProps) {
  const list = useRef<HTMLUListElement>(null);
  const dragged = useRef<number | undefined>(undefined);
  const id = useId();
  const [moving, setMoving] = useState("");
  const [said, setSaid] = useState("");
  const [focused, setFocused] = useState<{ name: string }>();
  // A node that changes its place loses the focus.
  useLayoutEffect(() => {
    const at = columns.findIndex(({ name }) => name === focused?.name);
    const item = list.current?.children[at];
    item?.scrollIntoView({ block: "nearest" });
    item?.querySelector<HTMLElement>(".handle")?.focus();
  }, [focused]);

  const move = (from: number, to: number): boolean => {
    const moved = movedTo(columns, from, to);
    const one = columns[from];
    if (moved === columns || !one) return false;
    onColumns(moved);
    setSaid(t("columns.at", { column: one.name, n: to + 1, total: columns.length }));
    setFocused({ name: one.name });
    return true;
  };
  const onKey = (event: KeyboardEvent, at: number) => {
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: columns.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(at, to);
  };
  const grab = (event: PointerEvent, at: number) => {
    if (event.button !== 0) return;
    // The list has the pointer: the grabbed item itself is moved in the page.
    list.current?.setPointerCapture(event.pointerId);
    dragged.current = at;
    setMoving(columns[at]?.name ?? "");
  };
  const drag = (event: PointerEvent) => {
    const from = dragged.current;
    if (from === undefined) return;
    const to = [...(list.current?.children ?? [])].findIndex((item) => {
      const { top, bottom } = item.getBoundingClientRect();
      return event.clientY >= top && event.clientY < bottom;
    });
    if (to >= 0 && move(from, to)) dragged.current = to;
  };
  const drop = () => {
    dragged.current = undefined;
    setMoving("");
  };
  return (
    <div class="stack">
      <p id={`${id}-help`} class="help">
        {t("columns.help")}
      </p>
      <div class="actions actions-start">
        <button
          type="button"
          class="button button-small"
          onClick={() => onColumns(names.map((name) => ({ name, shown: true })))}
        >
          {t("columns.all")}
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => onColumns(columns.map(({ name }) => ({ name, shown: false })))}
        >
          {t("columns.none")}
        </button>
      </div>
      <ul
        ref={list}
        class="columns"
        aria-label={label}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={drop}
        onLostPointerCapture={drop}
      >
        {columns.map(({ name, shown }, at) => (
          <li key={name} class={name === moving ? "columns-item columns-moving" : "columns-item"}>
            <button
              type="button"
              class="handle"
              aria-label={t("columns.move", { column: name })}
              aria-describedby={`${id}-help`}
              onPointerDown={(event) => grab(event, at)}
              onKeyDown={(event) => onKey(event, at)}
            >
              <span aria-hidden="true">⠿</span>
            </button>
            <Check
              label={name}
              checked={shown}
              onChecked={(on) => onColumns(columns.map((one, place) => (place === at ? { name, shown: on } : one)))}
            />
            {(["up", "down"] as const).map((way) => (
              <button
                key={way}
                type="button"
                class="button button-icon button-quiet"
                tabIndex={-1}
                aria-label={t(`columns.${way}`, { column: name })}
                disabled={at === (way === "up" ? 0 : columns.length - 1)}
                onClick={() => move(at, way === "up" ? at - 1 : at + 1)}
              >
                {way === "up" ? "↑" : "↓"}
              </button>
            ))}
          </li>
        ))}
      </ul>
      {!columns.some(({ shown }) => shown) && (
        <p class="help help-bad" role="alert">
          {t("columns.need")}
        </p>
      )}
      <p class="away" role="status">
        {said}
      </p>
    </div>
  );
}
