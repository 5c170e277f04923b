import { signal } from "@preact/signals";
import { problemSentence } from "../i18n/problem-sentence";

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

export function toast(text: string, link?: Toast["link"], tone: Toast["tone"] = "plain"): void {
  count += 1;
  const id = count;
  toasts.value = [...toasts.value, { id, text, tone, ...(link && { link }) }].slice(-MOST);
  setTimeout(() => dismissToast(id), SHOWN_MS);
}

/** Tells a failure as a sentence and what to do. */
export function toastFailure(failure: unknown): void {
  toast(problemSentence(failure), undefined, "failure");
}
