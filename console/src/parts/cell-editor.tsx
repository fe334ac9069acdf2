import { useEffect, useRef, useState } from "preact/hooks";
import { type Field, type Row, updateRow } from "../api/tables";
import { literalOf } from "../where";
import { t } from "../words";
import { said } from "./load";
import { textOf } from "./value";

interface CellEditorProps {
  table: number;
  field: Field;
  row: Row;
  onSaved: (row: Row) => void;
  onError: (text: string) => void;
  onClose: () => void;
}

/** A value is edited in place, as its type is written. Enter saves, Escape leaves it as it was. */
export function CellEditor({ table, field, row, onSaved, onError, onClose }: CellEditorProps) {
  const before = textOf(row[field.name]);
  const [text, setText] = useState(before);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  useEffect(() => input.current?.focus(), []);

  const save = () => {
    if (text === before) return onClose();
    // Without a text there is no value, but of a string, which may be empty.
    const json = text === "" && field.type !== "string" ? "null" : literalOf(text, field.type);
    if (json === undefined) return onError(t("table.edit.bad", { type: field.type }));
    setBusy(true);
    updateRow(table, String(row.id), field.name, json).then(
      (saved) => {
        onSaved(saved);
        onClose();
      },
      (error: unknown) => {
        onError(said(error));
        setBusy(false);
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const common = {
    ref: input,
    class: "cell-edit",
    "aria-label": t("table.edit", { column: field.name }),
    title: t("table.edit.help"),
    readOnly: busy,
    onKeyDown,
  };
  if (field.type === "boolean") {
    return (
      <select {...common} value={text} onChange={(event) => setText(event.currentTarget.value)}>
        {["", "true", "false"].map((value) => (
          <option key={value} value={value} selected={value === text}>
            {value || "–"}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...common}
      type="text"
      inputMode={field.type === "integer" ? "numeric" : field.type === "number" ? "decimal" : "text"}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}
