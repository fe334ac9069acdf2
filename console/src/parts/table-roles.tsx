import { useState } from "preact/hooks";
import type { Role } from "../api/session";
import { listTables } from "../api/tables";
import { type User, giveRole } from "../api/users";
import { t } from "../words";
import { Dialog } from "./dialog";
import { Select, SelectField } from "./field";
import { Failure, Load, useAction, useLoad } from "./load";

const TABLE_ROLES = ["none", "reader", "editor"] as const;

interface TableRolesProps {
  user: User;
  onSaved: () => void;
  onClose: () => void;
}

/** The roles of a user in single tables. They are saved together. */
export function TableRoles({ user, onSaved, onClose }: TableRolesProps) {
  const tables = useLoad(listTables, "tables");
  const [roles, setRoles] = useState(user.tables);
  const { busy, error, run } = useAction();
  const give = (id: string, role: string) => setRoles({ ...roles, [id]: role as Role });
  const save = () =>
    run(async () => {
      const held = Object.entries(roles).filter(([, role]) => role !== "none");
      await giveRole(user.user_id, { role: user.role, tables: Object.fromEntries(held) });
      onSaved();
      onClose();
    });
  return (
    <Dialog title={t("users.tables.of", { email: user.email })} onClose={onClose}>
      <p>{t("users.tables.help")}</p>
      <Load of={tables}>
        {({ objects }) => {
          const names = new Map(objects.map(({ id, name }) => [String(id), name]));
          const choices = [...names].map(([value, label]) => ({ value, label }));
          return (
            <>
              {Object.entries(roles).map(([id, role]) => (
                <div key={id} class="table-role">
                  <span>{names.get(id) ?? id}</span>
                  <Select
                    label={`${t("users.tables")}: ${names.get(id) ?? id}`}
                    value={role}
                    choices={TABLE_ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
                    disabled={busy}
                    onValue={(value) => give(id, value)}
                  />
                </div>
              ))}
              <SelectField
                label={t("users.tables.add")}
                value=""
                choices={[{ value: "", label: "–" }, ...choices.filter(({ value }) => !(value in roles))]}
                disabled={busy}
                onValue={(id) => id && give(id, "reader")}
              />
            </>
          );
        }}
      </Load>
      {error !== undefined && <Failure error={error} />}
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t("app.cancel")}
        </button>
        <button type="button" class="button button-primary" disabled={busy} onClick={save}>
          {t("users.tables.save")}
        </button>
      </div>
    </Dialog>
  );
}
