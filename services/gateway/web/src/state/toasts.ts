import { signal } from "@preact/signals";
import { isHelpedBySigningIn } from "../api/failure";
import { problemSentence } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { doorPath } from "../router";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "failure";
  link?: { href: string; text: string };
}

const SHOWN_MS = 7_000;
const MOST = 3;

let count = 0;

export const toasts = signal<readonly Toast[]>([]);

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Somebody else looks at the page now, or nobody: what was told was told to who was here before. */
export function clearToasts(): void {
  toasts.value = [];
}

export function toast(text: string, link?: Toast["link"], tone: Toast["tone"] = "plain"): void {
  const id = show(text, link, tone);
  setTimeout(() => dismissToast(id), SHOWN_MS);
}

/** Says what somebody has to know who looks at the page later, with the way to sign in. */
export function toastUntilRead(text: string): void {
  show(text, wayIn(), "plain");
}

function show(text: string, link: Toast["link"], tone: Toast["tone"]): number {
  count += 1;
  const id = count;
  toasts.value = [...toasts.value, { id, text, tone, ...(link && { link }) }].slice(-MOST);
  return id;
}

/** Tells a failure as a sentence and what to do; where signing in helps, with the way there. */
export function toastFailure(failure: unknown): void {
  toast(problemSentence(failure), wayOn(failure), "failure");
}

/** The way to sign in and back, where that helps against a failure. */
export function wayOn(failure: unknown): Toast["link"] {
  return isHelpedBySigningIn(failure) ? wayIn() : undefined;
}

function wayIn(): Toast["link"] {
  return { href: doorPath("signin"), text: t("nav.signIn") };
}
