import type { ChangedColumn } from "../row-changes";
import { t } from "../words";
import { Dialog } from "./dialog";

interface RowConflictProps {
  changes: ChangedColumn[];
  onOverwrite: () => void;
  onKeepTheirs: () => void;
  /** Back to the editor, with what was typed. */
  onClose: () => void;
}

/** Somebody else has changed the row that is edited: both versions, and the choice. */
export function RowConflict({ changes, onOverwrite, onKeepTheirs, onClose }: RowConflictProps) {
  const edited = changes[0]?.name ?? "";
  return (
    <Dialog title={t("conflict.title")} onClose={onClose}>
      <p>{t("conflict.lead", { column: edited })}</p>
      <div class="sample" role="region" aria-label={t("conflict.title")} tabIndex={0}>
        <table class="list list-dense versions">
          <thead>
            <tr>
              <th scope="col">{t("job.field")}</th>
              <th scope="col">{t("conflict.yours")}</th>
              <th scope="col">{t("conflict.now")}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ name, yours, now }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{yours || "–"}</td>
                <td>{now || "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t("conflict.back")}
        </button>
        <button type="button" class="button" onClick={onKeepTheirs}>
          {t("conflict.keep")}
        </button>
        <button type="button" class="button button-primary" onClick={onOverwrite}>
          {t("conflict.overwrite")}
        </button>
      </div>
    </Dialog>
  );
}
