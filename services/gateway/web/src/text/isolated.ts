const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";
/** Texts that cannot turn the words around them: no letters from right to left, and no controls. */
const FROM_LEFT_TO_RIGHT = /^[\p{ASCII}\p{Script=Latin}\p{Script=Han}\p{Script=Cyrillic}]*$/u;

/**
 * Somebody's words as they may stand inside a sentence of the page: with a direction of their own,
 * whatever they are. What is harmless stays as it is.
 */
export function isolated(text: string): string {
  if (FROM_LEFT_TO_RIGHT.test(text)) return text;
  return `${FIRST_STRONG_ISOLATE}${text}${POP_DIRECTIONAL_ISOLATE}`;
}
