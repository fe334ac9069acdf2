import { endSession, listSessions } from "../api/session";
import { Failure, Load, useAction, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { session } from "../state/session";
import { formatTime, t } from "../words";

/** Who is signed in, and where else. */
export function AccountPage() {
  const sessions = useLoad(listSessions, "sessions");
  const { busy, error, run } = useAction();
  const end = (id: string) =>
    run(async () => {
      await endSession(id);
      sessions.reload();
    });
  const me = session.value;
  return (
    <Page title={t("account.title")} lead={[me?.name, me?.email, me?.app_name].filter(Boolean).join(" · ")}>
      {error !== undefined && <Failure error={error} />}
      <Load of={sessions}>
        {({ sessions: found }) => (
          <section class="card">
            <div class="card-head">
              <h2>{t("account.sessions")}</h2>
            </div>
            <table class="list list-stacked">
              <thead>
                <tr>
                  <th scope="col">{t("account.browser")}</th>
                  <th scope="col" class="wide-only">
                    {t("account.since")}
                  </th>
                  <th scope="col">{t("account.used")}</th>
                  <th scope="col">
                    <span class="away">{t("account.end")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((one) => (
                  <tr key={one.id}>
                    <th scope="row">
                      {one.user_agent || "–"}{" "}
                      {one.current && <span class="tag tag-good">{t("account.current")}</span>}
                    </th>
                    <td class="wide-only quiet">{formatTime(one.created_at)}</td>
                    <td class="quiet">{formatTime(one.last_used_at)}</td>
                    <td class="right">
                      {!one.current && (
                        <button
                          type="button"
                          class="button button-small"
                          disabled={busy}
                          onClick={() => end(one.id)}
                        >
                          {t("account.end")}
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </Load>
    </Page>
  );
}
