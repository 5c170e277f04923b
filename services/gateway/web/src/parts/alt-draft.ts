import { firstGrapheme } from "../text/graphemes";

/** A first description of a picture, from the words that it was painted from: one sentence. */
export function altDraft(prompt: string): string {
  const words = prompt.trim().replace(/\s+/g, " ");
  if (!words) return "";
  const first = firstGrapheme(words);
  const sentence = first.toLocaleUpperCase() + words.slice(first.length);
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
