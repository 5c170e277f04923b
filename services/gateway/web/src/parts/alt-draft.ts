/** A first description of a picture, from the words that it was painted from: one sentence. */
export function altDraft(prompt: string): string {
  const words = prompt.trim().replace(/\s+/g, " ");
  if (!words) return "";
  const sentence = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
