import { useState } from "preact/hooks";
import { type Revision, documentOf, revisions, rollBack } from "../api/configuration";
import { differenceOf } from "../difference";
import { Changes } from "../parts/changes";
import { Confirm } from "../parts/dialog";
import { SelectField } from "../parts/field";
import { Empty, Failure, Load, useAction, useLoad } from "../parts/load";
import { link, replace, route } from "../router";
import { isOwner, mayEditAll } from "../state/session";
import { useUserNames } from "../state/user-names";
import { type Word, formatBytes, formatNumber, formatTime, t } from "../words";

const CAUSES: Record<string, Word> = {
  import: "config.cause.import",
  rollback: "config.cause.rollback",
  upload: "config.cause.upload",
};

/** Where two revisions are compared. */
export const comparing = (from: number, to: number) =>
  link(["configuration", "history"], { from: String(from), to: String(to) });

export function ConfigHistory() {
  const history = useLoad(revisions, "history");
  return (
    <Load of={history}>
      {({ current, revisions: found }) =>
        found.length ? (
          <>
            <RevisionList current={current} revisions={found} onRolledBack={history.reload} />
            <Comparison key={current} current={current} revisions={found} />
          </>
        ) : (
          <Empty title={t("config.noHistory")} help={t("config.empty.help")} />
        )
      }
    </Load>
  );
}

interface RevisionListProps {
  current: number;
  revisions: Revision[];
  onRolledBack: () => void;
}

function RevisionList({ current, revisions: found, onRolledBack }: RevisionListProps) {
  const [asked, setAsked] = useState<number>();
  const { busy, error, run } = useAction();
  const nameOf = useUserNames(isOwner.value);
  const confirm = (number: number) =>
    run(async () => {
      await rollBack(number);
      setAsked(undefined);
      replace(link(["configuration", "history"])); // what it has changed
      onRolledBack();
    });
  return (
    <>
      <div class="card">
        <table class="list list-stacked">
          <thead>
            <tr>
              <th scope="col">{t("config.revision")}</th>
              <th scope="col">{t("config.cause")}</th>
              <th scope="col" class="wide-only right">
                {t("config.size")}
              </th>
              <th scope="col">{t("config.made")}</th>
              <th scope="col" class="wide-only">
                {t("config.tasks.by")}
              </th>
              <th scope="col">
                <span class="away">{t("config.rollback")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map((revision) => (
              <tr key={revision.number}>
                <th scope="row">
                  {formatNumber(revision.number)}{" "}
                  {revision.number === current && <span class="tag tag-good">{t("config.current")}</span>}
                  {revision.erased_at && <span class="tag">{t("config.erased")}</span>}
                </th>
                <td>
                  {causeOf(revision)} {revision.of !== undefined && formatNumber(revision.of)}
                </td>
                <td class="wide-only right">{formatBytes(revision.size)}</td>
                <td class="quiet">{formatTime(revision.made_at)}</td>
                <td class="wide-only quiet">{revision.user_id ? nameOf(revision.user_id) : ""}</td>
                <td class="right">
                  {revision.number !== current && !revision.erased_at && mayEditAll.value && (
                    <button
                      type="button"
                      class="button button-small"
                      aria-label={`${t("config.rollback")}: ${revision.number}`}
                      onClick={() => setAsked(revision.number)}
                    >
                      {t("config.rollback")}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error !== undefined && asked === undefined && <Failure error={error} />}
      {asked !== undefined && (
        <Confirm
          title={t("config.rollback")}
          text={t("config.rollback.confirm", { n: asked })}
          busy={busy}
          error={error}
          onClose={() => setAsked(undefined)}
          onConfirm={() => confirm(asked)}
        />
      )}
    </>
  );
}

function causeOf({ cause }: Revision): string {
  const word = CAUSES[cause];
  return word ? t(word) : cause;
}

/** Any two revisions, item by item. */
function Comparison({ current, revisions: found }: { current: number; revisions: Revision[] }) {
  const { query } = route.value;
  const from = Number(query.get("from") ?? found[1]?.number ?? 0);
  const to = Number(query.get("to") ?? current);
  const both = useLoad(async () => Promise.all([documentOf(from), documentOf(to)]), `${from} ${to}`);
  const kept = found.filter(({ erased_at }) => !erased_at).map(({ number }) => number);
  const choices = [...new Set([...kept, 0, from, to])]
    .sort((a, b) => b - a)
    .map((number) => ({ value: String(number), label: number ? formatNumber(number) : t("config.nothing") }));
  return (
    <section class="stack">
      <h2>{t("config.difference")}</h2>
      <div class="row-of-fields">
        <SelectField
          label={t("config.from")}
          value={String(from)}
          choices={choices}
          onValue={(value) => replace(comparing(Number(value), to))}
        />
        <SelectField
          label={t("config.to")}
          value={String(to)}
          choices={choices}
          onValue={(value) => replace(comparing(from, Number(value)))}
        />
      </div>
      <Load of={both}>
        {([before, after]) => (
          <Changes
            changes={differenceOf(before, after)}
            before={t("config.number", { n: from })}
            after={t("config.number", { n: to })}
          />
        )}
      </Load>
    </section>
  );
}
