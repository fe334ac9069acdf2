import { useState } from "preact/hooks";
import { type Role, ROLES } from "../api/session";
import { type User, giveRole, inviteUser, listUsers, removeUser } from "../api/users";
import { Confirm } from "../parts/dialog";
import { Select, SelectField, TextField } from "../parts/field";
import { Failure, Load, useAction, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { TableRoles } from "../parts/table-roles";
import { type Language, language } from "../state/preferences";
import { session } from "../state/session";
import { t } from "../words";

/** Who may do what in the app; for its owners. */
export function UsersPage() {
  const users = useLoad(listUsers, "users");
  return (
    <Page title={t("users.title")} lead={t("users.lead")}>
      <Load of={users}>{({ users: found }) => <UserList users={found} onChanged={users.reload} />}</Load>
      <Invitation onInvited={users.reload} />
    </Page>
  );
}

const roleChoices = () => ROLES.map((value) => ({ value, label: t(`role.${value}`) }));

function UserList({ users, onChanged }: { users: User[]; onChanged: () => void }) {
  const [asked, setAsked] = useState<User>();
  const [opened, setOpened] = useState<number>();
  const shown = users.find(({ user_id }) => user_id === opened);
  const { busy, error, run } = useAction();
  const change = (user: User, role: Role) =>
    run(() => giveRole(user.user_id, { role, tables: user.tables }).finally(onChanged));
  const remove = (user: User) =>
    run(async () => {
      await removeUser(user.user_id);
      setAsked(undefined);
      onChanged();
    });
  return (
    <>
      {error !== undefined && !asked && <Failure error={error} />}
      <div class="card">
        <table class="list list-stacked">
          <thead>
            <tr>
              <th scope="col">{t("sign.email")}</th>
              <th scope="col">{t("users.role")}</th>
              <th scope="col">{t("users.tables")}</th>
              <th scope="col">
                <span class="away">{t("users.remove")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <tr key={user.user_id}>
                <th scope="row">
                  {user.email} <span class="quiet">{user.name}</span>{" "}
                  {user.user_id === session.value?.user_id && (
                    <span class="tag tag-good">{t("users.you")}</span>
                  )}
                </th>
                <td>
                  <Select
                    label={`${t("users.role")}: ${user.email}`}
                    value={user.role}
                    choices={roleChoices()}
                    disabled={busy || user.user_id === session.value?.user_id}
                    onValue={(role) => change(user, role as Role)}
                  />
                </td>
                <td>
                  {/* An owner's role is the highest in every table. */}
                  {user.role !== "owner" && user.user_id !== session.value?.user_id && (
                    <button
                      type="button"
                      class="button button-small"
                      aria-label={`${t("users.tables")}: ${user.email}`}
                      disabled={busy}
                      onClick={() => setOpened(user.user_id)}
                    >
                      {Object.keys(user.tables).length || "+"}
                    </button>
                  )}
                </td>
                <td class="right">
                  {user.user_id !== session.value?.user_id && (
                    <button
                      type="button"
                      class="button button-small"
                      aria-label={`${t("users.remove")}: ${user.email}`}
                      onClick={() => setAsked(user)}
                    >
                      {t("users.remove")}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown && (
        // Anew when the list has come anew: it may have been opened before that, with roles of before.
        <TableRoles
          key={JSON.stringify(shown.tables)}
          user={shown}
          onSaved={onChanged}
          onClose={() => setOpened(undefined)}
        />
      )}
      {asked && (
        <Confirm
          title={t("users.remove")}
          text={t("users.remove.confirm", { email: asked.email })}
          dangerous
          busy={busy}
          error={error}
          onClose={() => setAsked(undefined)}
          onConfirm={() => remove(asked)}
        />
      )}
    </>
  );
}

function Invitation({ onInvited }: { onInvited: () => void }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("reader");
  const [spoken, setSpoken] = useState<Language>(language.value);
  const [sent, setSent] = useState("");
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await inviteUser({ email: email.trim(), name: name.trim(), language: spoken, role, tables: {} });
      setSent(email.trim());
      setEmail("");
      setName("");
      onInvited();
    });
  };
  return (
    <form class="card card-pad stack" onSubmit={submit}>
      <h2>{t("users.invite")}</h2>
      <div class="row-of-fields">
        <TextField label={t("sign.email")} type="email" required value={email} onValue={setEmail} />
        <TextField label={t("tables.name")} value={name} onValue={setName} />
        <SelectField
          label={t("users.role")}
          value={role}
          choices={roleChoices()}
          onValue={(value) => setRole(value as Role)}
        />
        <SelectField
          label={t("users.language")}
          value={spoken}
          choices={[
            { value: "zh-CN", label: "中文" },
            { value: "en", label: "English" },
          ]}
          onValue={(value) => setSpoken(value as Language)}
        />
      </div>
      {error !== undefined && <Failure error={error} />}
      <div role="status">{sent && <p class="notice notice-good">{t("users.invited", { email: sent })}</p>}</div>
      <div class="actions">
        <button type="submit" class="button button-primary" disabled={busy}>
          {t("users.invite")}
        </button>
      </div>
    </form>
  );
}
