/**
 * How Kanvas keeps what people write, the same here as at the gateway: `docs/api/text-cases.json`
 * has an example of each rule, and a test reads it. The gateway has the last word.
 */
interface Lines {
  /** Whether the text may have several lines. */
  lines: boolean;
}

const LINE_ENDS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
const OUTER_SPACE = /^\p{White_Space}+|\p{White_Space}+$/gu;
/** Embeddings, overrides and isolates of a direction of writing. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;
const SEEN = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
const FORBIDDEN = /(?![\n\t])\p{Cc}|\p{Cs}|\p{Noncharacter_Code_Point}/u;

/** A text as it will be kept: in NFC, without white space around it; "" if nothing can be seen. */
export function kept(text: string, { lines }: Lines): string {
  const ended = text.replace(LINE_ENDS, "\n");
  const laid = lines ? withSingleBlankLines(ended) : inOneLine(ended);
  const tidied = laid.normalize("NFC").replace(OUTER_SPACE, "");
  return SEEN.test(tidied) || hasForbidden(tidied) ? tidied : "";
}

/** How many characters (code points) a text will have. */
export function characters(text: string, lines: Lines): number {
  return [...kept(text, lines)].length;
}

/** Whether a kept text has what no text may have: a control, half a character, a non-character. */
export function hasForbidden(text: string): boolean {
  return FORBIDDEN.test(text);
}

function inOneLine(text: string): string {
  return text.replace(DIRECTIONS, "").replace(/[\n\t]/g, " ");
}

function withSingleBlankLines(text: string): string {
  const isBlank = (line: string) => line.replace(OUTER_SPACE, "") === "";
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (!isBlank(line) || (lines.length > 0 && !isBlank(lines.at(-1) ?? ""))) lines.push(line);
  }
  return lines.join("\n");
}
