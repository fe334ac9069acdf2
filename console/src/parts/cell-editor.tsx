import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Field, type Row, type RowVersion, getRow, nowOf, updateRow } from "../api/tables";
import { type ChangedColumn, changesOf } from "../row-changes";
import { literalOf } from "../where";
import { t } from "../words";
import { said } from "./load";
import { RowConflict } from "./row-conflict";
import { textOf } from "./value";

interface CellEditorProps {
  table: number;
  fields: Field[];
  field: Field;
  /** As the grid shows it. */
  row: Row;
  onSaved: (row: Row) => void;
  onError: (text: string) => void;
  onClose: () => void;
}

interface Conflict {
  now: RowVersion;
  changes: ChangedColumn[];
}

/**
 * A value is edited in place, as its type is written. Enter saves, Escape leaves it as it was.
 * Where somebody else has changed the row since the grid showed it, both versions are shown.
 */
export function CellEditor({ table, fields, field, row, onSaved, onError, onClose }: CellEditorProps) {
  const before = textOf(row[field.name]);
  const [text, setText] = useState(before);
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<Conflict>();
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  // When it opens, and when the dialog has gone, with which the focus goes.
  useLayoutEffect(() => {
    if (!conflict) input.current?.focus();
  }, [conflict]);

  const write = async (json: string, meant: RowVersion): Promise<void> => {
    try {
      onSaved(await updateRow(table, String(row.id), field.name, json, meant.etag));
      onClose();
    } catch (error) {
      const now = nowOf(error);
      if (!now) throw error;
      await compare(json, now, meant.row);
    }
  };
  const compare = async (json: string, now: RowVersion, seen: Row): Promise<void> => {
    const changes = changesOf(fields, field.name, text, seen, now.row);
    if (changes.length) setConflict({ now, changes });
    else await write(json, now);
  };
  const attempt = (action: (json: string) => Promise<void>) => {
    // Without a text there is no value, but of a string, which may be empty.
    const json = text === "" && field.type !== "string" ? "null" : literalOf(text, field.type);
    if (json === undefined) return onError(t("table.edit.bad", { type: field.type }));
    if (busy) return;
    setBusy(true);
    action(json)
      .catch((error: unknown) => onError(said(error)))
      .finally(() => setBusy(false));
  };
  const save = () => {
    if (text === before) return onClose();
    attempt(async (json) => compare(json, await getRow(table, String(row.id)), row));
  };
  const overwrite = ({ now }: Conflict) => {
    setConflict(undefined);
    attempt((json) => write(json, now));
  };
  const keepTheirs = ({ now }: Conflict) => {
    setConflict(undefined);
    // The grid takes no focus as long as the dialog is open.
    setTimeout(() => {
      onSaved(now.row);
      onClose();
    });
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
  const control =
    field.type === "boolean" ? (
      <select {...common} value={text} onChange={(event) => setText(event.currentTarget.value)}>
        {["", "true", "false"].map((value) => (
          <option key={value} value={value} selected={value === text}>
            {value || "–"}
          </option>
        ))}
      </select>
    ) : (
      <input
        {...common}
        type="text"
        inputMode={field.type === "integer" ? "numeric" : field.type === "number" ? "decimal" : "text"}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    );
  return (
    <>
      {control}
      {conflict && (
        <RowConflict
          changes={conflict.changes}
          onOverwrite={() => overwrite(conflict)}
          onKeepTheirs={() => keepTheirs(conflict)}
          onClose={() => setConflict(undefined)}
        />
      )}
    </>
  );
}
