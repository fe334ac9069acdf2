import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { type Change, type Imported, type Source, changesOfTask, importDocument } from "../api/configuration";
import { Changes } from "../parts/changes";
import { ConfigSource } from "../parts/config-source";
import { FailedItems } from "../parts/failed-items";
import { Failure, said, useAction } from "../parts/load";
import { link } from "../router";
import { t } from "../words";

/** An import or its dry run with what it has changed, or would. */
interface Tried extends Imported {
  changes: Change[];
  /** Why they cannot be shown. */
  unshown: string;
}

/** A document is read, then its difference, then it is applied. */
export function ConfigImport() {
  const [source, setSource] = useState<Source>();
  const [partial, setPartial] = useState(true);
  const [compared, setCompared] = useState<Tried>();
  const [applied, setApplied] = useState<Tried>();
  const { busy, error, run } = useAction();
  const forget = () => {
    setCompared(undefined);
    setApplied(undefined);
  };
  const compare = () =>
    run(async () => {
      if (!source) return;
      forget();
      setCompared(await tried(importDocument(checked(source), { partial, dryRun: true })));
    });
  const apply = () =>
    run(async () => {
      if (!source || !compared) return;
      // What was compared is what is applied, whatever its address leads to by now.
      setApplied(await tried(importDocument(source, { partial, sha256: compared.sha256 })));
      setCompared(undefined);
    });
  return (
    <div class="form">
      <section class="card card-pad stack">
        <ConfigSource
          onSource={(found) => {
            setSource(found);
            forget();
          }}
        />
        <Mode
          partial={partial}
          onPartial={(value) => {
            setPartial(value);
            forget();
          }}
        />
        <div class="actions">
          <div class="actions-said" role="status">
            {busy && t("app.loading")}
          </div>
          <button type="button" class="button" disabled={busy || !source} onClick={compare}>
            {t("config.compare")}
          </button>
        </div>
      </section>
      {error !== undefined && <Failure error={error} />}
      {compared && (
        <section class="stack" aria-live="polite">
          <h2>{t("config.difference")}</h2>
          <Outcome of={compared} failed={t("config.failed")} />
          <div class="actions">
            <button
              type="button"
              class="button button-primary"
              disabled={busy || !(compared.changes.length || compared.unshown)}
              onClick={apply}
            >
              {t("config.apply")}
            </button>
          </div>
        </section>
      )}
      {applied && (
        <section class="stack">
          <div class="notice notice-good" role="status">
            <p>{t("config.applied")}</p>
            <a href={link(["configuration", "history"])}>{t("config.history")}</a>
          </div>
          <Outcome of={applied} failed={t("config.failedNow")} />
        </section>
      )}
    </div>
  );
}

function Mode({ partial, onPartial }: { partial: boolean; onPartial: (value: boolean) => void }) {
  return (
    <div role="radiogroup" aria-label={t("config.mode")}>
      <p class="label">{t("config.mode")}</p>
      {[true, false].map((value) => (
        <label key={String(value)} class="check">
          <input type="radio" name="mode" checked={partial === value} onChange={() => onPartial(value)} />
          <span>{t(value ? "config.partial" : "config.full")}</span>
        </label>
      ))}
    </div>
  );
}

function Outcome({ of, failed }: { of: Tried; failed: string }) {
  return (
    <>
      <FailedItems title={failed} items={of.failed} />
      {of.warnings.map((warning) => (
        <p key={warning} class="notice notice-warn">
          {warning}
        </p>
      ))}
      {of.unshown ? (
        <p class="notice notice-warn">{of.unshown}</p>
      ) : (
        <Changes changes={of.changes} before={t("config.before")} after={t("config.after")} />
      )}
    </>
  );
}

/** A text that is no JSON is told here, in the reader's language. */
function checked(source: Source): Source {
  if (!("content" in source)) return source;
  try {
    JSON.parse(source.content);
  } catch (error) {
    throw new ApiError(400, t("config.notJson", { reason: String(error) }));
  }
  return source;
}

async function tried(importing: Promise<Imported>): Promise<Tried> {
  const imported = await importing;
  try {
    return { ...imported, changes: await changesOfTask(imported.task), unshown: "" };
  } catch (error) {
    return { ...imported, changes: [], unshown: said(error) };
  }
}
