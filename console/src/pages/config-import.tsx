import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { type Imported, asDocument, currentDocument, importDocument } from "../api/configuration";
import { type Change, differenceOf } from "../difference";
import { Changes } from "../parts/changes";
import { Failure, useAction } from "../parts/load";
import { link } from "../router";
import { t } from "../words";

interface Compared {
  changes: Change[];
  /** What the service says of a dry run of it. */
  failed: string;
  warnings: string[];
}

/** A document is read, then its difference, then it is applied. */
export function ConfigImport() {
  const [text, setText] = useState("");
  const [partial, setPartial] = useState(true);
  const [compared, setCompared] = useState<Compared>();
  const [done, setDone] = useState<Imported>();
  const { busy, error, run } = useAction();
  const edit = (value: string) => {
    setText(value);
    setCompared(undefined);
    setDone(undefined);
  };
  const compare = () => run(async () => setCompared(await comparedWith(text, partial)));
  const apply = () =>
    run(async () => {
      setDone(await importDocument(text, partial));
      setCompared(undefined);
    });
  return (
    <div class="form">
      <section class="card card-pad stack">
        <div class="actions actions-start">
          <label class="button file-button">
            {t("config.file")}
            <input
              class="away"
              type="file"
              accept=".json"
              onChange={(event) => void event.currentTarget.files?.[0]?.text().then(edit)}
            />
          </label>
        </div>
        <textarea
          aria-label={t("config.paste")}
          placeholder={t("config.paste")}
          spellcheck={false}
          value={text}
          onInput={(event) => edit(event.currentTarget.value)}
        />
        <div role="radiogroup" aria-label={t("config.mode")}>
          <p class="label">{t("config.mode")}</p>
          {[true, false].map((value) => (
            <label key={String(value)} class="check">
              <input
                type="radio"
                name="mode"
                checked={partial === value}
                onChange={() => {
                  setPartial(value);
                  setCompared(undefined);
                }}
              />
              <span>{t(value ? "config.partial" : "config.full")}</span>
            </label>
          ))}
        </div>
        <div class="actions">
          <button type="button" class="button" disabled={busy || !text.trim()} onClick={compare}>
            {t("config.compare")}
          </button>
        </div>
      </section>
      {error !== undefined && <Failure error={error} />}
      {done && (
        <div class="notice notice-good" role="status">
          <p>{t(done.task ? "config.running" : "config.applied")}</p>
          <a href={link(["configuration", "history"])}>{t("config.history")}</a>
        </div>
      )}
      {done?.warnings.map((warning) => <p class="notice notice-warn">{warning}</p>)}
      {compared && (
        <section class="stack" aria-live="polite">
          <h2>{t("config.difference")}</h2>
          {compared.failed && (
            <div class="notice notice-bad" role="alert">
              <p>
                <strong>{t("config.failed")}</strong>
              </p>
              <pre>{compared.failed}</pre>
            </div>
          )}
          {compared.warnings.map((warning) => (
            <p key={warning} class="notice notice-warn">
              {warning}
            </p>
          ))}
          <Changes changes={compared.changes} />
          <div class="actions">
            <button
              type="button"
              class="button button-primary"
              disabled={busy || !compared.changes.length}
              onClick={apply}
            >
              {t("config.apply")}
            </button>
          </div>
        </section>
      )}
    </div>
  );
}

async function comparedWith(text: string, partial: boolean): Promise<Compared> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, t("config.notJson", { reason: String(error) }));
  }
  const [before, tried] = await Promise.all([currentDocument(), triedOut(text, partial)]);
  return { changes: differenceOf(before, asDocument(read), partial), ...tried };
}

/** Items that fail are a 400 of the whole import, and the others apply all the same. */
async function triedOut(text: string, partial: boolean): Promise<Pick<Compared, "failed" | "warnings">> {
  try {
    const { warnings } = await importDocument(text, partial, true);
    return { failed: "", warnings };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    const body = error.body;
    const failed = typeof body === "object" && body !== null ? JSON.stringify(body, null, 2) : error.message;
    return { failed, warnings: [] };
  }
}
