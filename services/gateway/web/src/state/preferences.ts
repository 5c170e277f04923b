import { effect, signal } from "@preact/signals";
import type { Language } from "../i18n/catalogue";
import { keep, recall } from "../storage";

export type Theme = "system" | "light" | "dark";

const THEME = "kanvas.theme";
const LANGUAGE = "kanvas.language";

export const theme = signal<Theme>(chosenTheme());
export const language = signal<Language>(chosenLanguage());

function chosenTheme(): Theme {
  const kept = recall("localStorage", THEME);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function chosenLanguage(): Language {
  const kept = recall("localStorage", LANGUAGE);
  if (kept === "en" || kept === "id") return kept;
  const wanted = globalThis.navigator?.languages ?? [];
  const first = wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag === "en" || tag === "id");
  return first === "id" ? "id" : "en";
}

/** Keeps the document in step with what was chosen. */
export function applyPreferences(): void {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === "system") delete root.dataset.theme;
    else root.dataset.theme = theme.value;
    keep("localStorage", THEME, theme.value === "system" ? undefined : theme.value);
  });
  effect(() => {
    document.documentElement.lang = language.value;
  });
}

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  keep("localStorage", LANGUAGE, chosen);
}
