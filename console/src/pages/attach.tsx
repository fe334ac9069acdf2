import { useState } from "preact/hooks";
import { type Proposal, attachTable, proposeAttached } from "../api/tables";
import { TextField } from "../parts/field";
import { NewTableForm } from "../parts/import-forms";
import { Failure, useAction } from "../parts/load";
import { Page } from "../parts/page";
import { Crumbs } from "../parts/table-head";
import { jsonOf, textOf } from "../parts/value";
import { go, link } from "../router";
import { formatNumber, t } from "../words";
import { tableName } from "./import";

/** A DynamoDB table that is there already is sampled, and attached as it is proposed or edited. */
export function AttachPage() {
  const [table, setTable] = useState("");
  const [proposal, setProposal] = useState<Proposal>();
  const { busy, error, run } = useAction();
  const look = (event: Event) => {
    event.preventDefault();
    run(async () => setProposal(await proposeAttached(tableName(table.trim()), table.trim())));
  };
  const attach = (event: Event) => {
    event.preventDefault();
    if (proposal) run(async () => go(link(["tables", (await attachTable(proposal)).id])));
  };
  return (
    <Page title={t("attach.title")} lead={t("attach.lead")} above={<Crumbs />}>
      <form class="card card-pad stack" onSubmit={look}>
        <TextField label={t("attach.table")} required value={table} onValue={setTable} spellcheck={false} />
        <div class="actions">
          <button type="submit" class="button" disabled={busy}>
            {t("attach.look")}
          </button>
        </div>
      </form>
      {error !== undefined && <Failure error={error} />}
      {proposal && (
        <form class="form" onSubmit={attach} aria-live="polite">
          <Sample of={proposal} />
          <NewTableForm
            name={proposal.name}
            onName={(name) => setProposal({ ...proposal, name })}
            fields={proposal.schema.fields}
            onFields={(fields) => setProposal({ ...proposal, schema: { fields } })}
          />
          <div class="actions">
            <button type="submit" class="button button-primary" disabled={busy}>
              {t("attach.attach")}
            </button>
          </div>
        </form>
      )}
    </Page>
  );
}

function Sample({ of }: { of: Proposal }) {
  const { items, read_units, attributes, left_out } = of.sample;
  const { table: _, ...found } = of.attached;
  return (
    <section class="card card-pad stack">
      <p>{t("attach.sample", { n: items, units: formatNumber(read_units) })}</p>
      {Object.entries(found).map(([name, value]) => (
        <p key={name}>
          <span class="tag">{name}</span> <code>{jsonOf(value)}</code>
        </p>
      ))}
      {attributes
        .filter(({ why }) => why)
        .map(({ name, why }) => (
          <p key={name} class="notice notice-warn">
            <strong>{name}</strong> {why}
          </p>
        ))}
      {Object.keys(left_out).length > 0 && (
        <p class="notice notice-warn">
          {t("attach.leftOut")} {textOf(left_out)}
        </p>
      )}
    </section>
  );
}
