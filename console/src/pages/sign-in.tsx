import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { type AppChoice, type Credentials, askForLink, signIn } from "../api/session";
import { TextField } from "../parts/field";
import { Mark, Preferences } from "../parts/header";
import { Failure, Loading, useAction } from "../parts/load";
import { replace, route } from "../router";
import { enter, session } from "../state/session";
import { t } from "../words";

export function SignIn() {
  useEffect(() => {
    document.title = t("app.title", { page: t("sign.title") });
  });
  const { path, query } = route.value;
  const code = path[0] === "sign-in" ? query.get("code") : null;
  return (
    <main id="main" class="sign">
      <div class="sign-box">
        <div class="sign-brand">
          <Mark /> Ferry
        </div>
        <h1>{t("sign.title")}</h1>
        {code ? <SignInByLink code={code} /> : <SignInForm lead />}
      </div>
      <Preferences />
    </main>
  );
}

function SignInByLink({ code }: { code: string }) {
  const { error, run } = useAction();
  const [apps, setApps] = useState<AppChoice[]>([]);
  const open = (chosen?: AppChoice) =>
    run(async () => {
      try {
        await entered(chosen ? { code, app_id: chosen.app_id, user_id: chosen.user_id } : { code });
      } catch (failure) {
        const choice = failure instanceof ApiError && (failure.body as { apps?: AppChoice[] }).apps;
        if (!choice) throw failure;
        setApps(choice);
      }
    });
  useEffect(() => open(), [code]);
  if (error !== undefined) {
    return (
      <>
        <Failure error={error} />
        <a class="button button-primary" href="#/sign-in">
          {t("sign.send")}
        </a>
      </>
    );
  }
  if (!apps.length) return <Loading />;
  return (
    <div class="stack">
      <p>{t("sign.apps")}</p>
      {apps.map((app) => (
        <button key={app.app_id + app.user_id} type="button" class="button" onClick={() => open(app)}>
          {app.name} · {app.user_name}
        </button>
      ))}
    </div>
  );
}

export function SignInForm({ lead }: { lead?: boolean }) {
  const [byToken, setByToken] = useState(false);
  return (
    <div class="stack">
      {byToken ? <TokenForm /> : <MailForm lead={lead ?? false} />}
      <button type="button" class="button button-quiet" onClick={() => setByToken(!byToken)}>
        {byToken ? t("sign.byMail") : t("sign.token")}
      </button>
    </div>
  );
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

function MailForm({ lead }: { lead: boolean }) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await askForLink(email.trim());
      setSent(true);
    });
  };
  if (sent) {
    return (
      <div class="stack" role="status">
        <h2>{t("sign.sent")}</h2>
        <p>{t("sign.sent.help", { email })}</p>
        {LOOPBACK.includes(location.hostname) && (
          <a class="button button-primary" href="/mailbox/" target={session.value ? "_blank" : undefined}>
            {t("sign.mailbox")}
          </a>
        )}
        <button type="button" class="button" onClick={() => setSent(false)}>
          {t("sign.again")}
        </button>
      </div>
    );
  }
  return (
    <form class="stack" onSubmit={submit}>
      {lead && <p class="lead">{t("sign.lead")}</p>}
      <TextField
        label={t("sign.email")}
        type="email"
        autoComplete="email"
        required
        value={email}
        onValue={setEmail}
      />
      {error !== undefined && <Failure error={error} />}
      <button type="submit" class="button button-primary" disabled={busy}>
        {t("sign.send")}
      </button>
    </form>
  );
}

function TokenForm() {
  const [token, setToken] = useState("");
  const { busy, error, run } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    run(() => entered({ token: token.trim() }));
  };
  return (
    <form class="stack" onSubmit={submit}>
      <TextField
        label={t("sign.token.label")}
        help={t("sign.token.help")}
        type="password"
        autoComplete="off"
        spellcheck={false}
        required
        value={token}
        onValue={setToken}
      />
      {error !== undefined && <Failure error={error} />}
      <button type="submit" class="button button-primary" disabled={busy}>
        {t("sign.in")}
      </button>
    </form>
  );
}

async function entered(credentials: Credentials): Promise<void> {
  const found = await signIn(credentials);
  // The code has served: it is not to stand in the history.
  if (route.value.path[0] === "sign-in") replace("#/tables");
  if (session.value?.user_id !== undefined && session.value.user_id !== found.user_id) {
    replace("#/tables");
  }
  enter(found);
}
