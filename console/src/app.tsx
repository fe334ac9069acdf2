import { useEffect, useState } from "preact/hooks";
import { Dialog } from "./parts/dialog";
import { Failure, Loading } from "./parts/load";
import { Header } from "./parts/header";
import { Current } from "./pages/current";
import { SignIn, SignInForm } from "./pages/sign-in";
import { expired, restore, session } from "./state/session";
import { route } from "./router";
import { t } from "./words";

export function App() {
  const [failure, setFailure] = useState<unknown>();
  const start = () => {
    setFailure(undefined);
    restore().catch(setFailure);
  };
  useEffect(start, []);
  if (failure !== undefined) return <Failure error={failure} retry={start} />;
  if (session.value === undefined) return <Loading />;
  if (session.value === null || route.value.path[0] === "sign-in") return <SignIn />;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {t("app.skip")}
      </a>
      <Header />
      <Offline />
      <main id="main" tabIndex={-1}>
        <Current />
      </main>
      {expired.value && (
        <Dialog title={t("sign.expired")}>
          <p>{t("sign.expired.help")}</p>
          <SignInForm />
        </Dialog>
      )}
    </>
  );
}

/** The hash is the page's address: the link moves the focus alone. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Offline() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const tell = () => setOnline(navigator.onLine);
    addEventListener("online", tell);
    addEventListener("offline", tell);
    return () => {
      removeEventListener("online", tell);
      removeEventListener("offline", tell);
    };
  }, []);
  return <div role="status">{!online && <p class="offline">{t("app.offline")}</p>}</div>;
}
