import { effect, signal } from "@preact/signals";

export type Language = "zh-CN" | "en";
export type Theme = "auto" | "light" | "dark";

export const THEMES: Theme[] = ["auto", "light", "dark"];

/** What a person has chosen in this browser, else what the browser says. */
export const language = signal<Language>(kept("language", ["zh-CN", "en"]) ?? spoken());
export const theme = signal<Theme>(kept("theme", THEMES) ?? "auto");

export function choose(name: "language", value: Language): void;
export function choose(name: "theme", value: Theme): void;
export function choose(name: "language" | "theme", value: Language | Theme): void {
  if (name === "language") language.value = value as Language;
  else theme.value = value as Theme;
  try {
    localStorage.setItem(`ferry.${name}`, value);
  } catch {
    // A browser without storage forgets the choice with the page.
  }
}

/** Tell the document, whose styles go by it. */
export function showPreferences(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dataset["theme"] = theme.value;
  });
}

function kept<T extends string>(name: string, values: T[]): T | undefined {
  try {
    return values.find((value) => value === localStorage.getItem(`ferry.${name}`));
  } catch {
    return undefined;
  }
}

function spoken(): Language {
  const browser = globalThis.navigator as Navigator | undefined; // tests have none
  return (browser?.language ?? "en").toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
