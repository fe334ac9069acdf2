import { route } from "../router";
import { type Theme, THEMES, choose, language, theme } from "../state/preferences";
import { isOwner, leave, session } from "../state/session";
import { type Word, t } from "../words";
import { Select } from "./field";

const PLACES: [string, Word][] = [
  ["tables", "nav.tables"],
  ["jobs", "nav.jobs"],
  ["configuration", "nav.configuration"],
];

export function Header() {
  const here = route.value.path[0] ?? "tables";
  return (
    <header class="header">
      <a class="brand" href="#/tables">
        <Mark /> Ferry
      </a>
      <nav class="places" aria-label={t("nav.main")}>
        {PLACES.map(([place, word]) => (
          <a key={place} href={`#/${place}`} aria-current={here === place ? "page" : undefined}>
            {t(word)}
          </a>
        ))}
        {isOwner.value && (
          <a href="#/users" aria-current={here === "users" ? "page" : undefined}>
            {t("users.title")}
          </a>
        )}
        <a class="who-place" href="#/account" aria-current={here === "account" ? "page" : undefined}>
          {t("account.title")}
        </a>
      </nav>
      <div class="header-end">
        <Preferences />
        <a class="who" href="#/account" title={t("account.title")}>
          {session.value?.email}
        </a>
        <button type="button" class="button button-quiet" onClick={() => void leave()}>
          {t("app.signOut")}
        </button>
      </div>
    </header>
  );
}

export function Preferences() {
  const choices = THEMES.map((value) => ({ value, label: t(`app.theme.${value}`) }));
  return (
    <div class="preferences">
      <Select
        label={t("app.theme")}
        value={theme.value}
        choices={choices}
        onValue={(value) => choose("theme", value as Theme)}
      />
      <button
        type="button"
        class="button button-quiet"
        lang={language.value === "en" ? "zh-CN" : "en"}
        onClick={() => choose("language", language.value === "en" ? "zh-CN" : "en")}
      >
        {t("app.language")}
      </button>
    </div>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M6 18h20l-3 6H9zM15 7h2v10h-2zM18 8l6 8h-6z" />
    </svg>
  );
}
