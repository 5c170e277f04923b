import { isolated } from "../text/isolated";
import type { MessageKey } from "./catalogue";
import { drawingName } from "./drawing-name";
import { styleName } from "./style-name";
import { t } from "./translate";

const ARROW = " → ";

/** What a model says instead of naming a drawing. */
const SAYINGS: ReadonlyMap<string, MessageKey> = new Map([
  ["left out", "provenance.leftOut"],
  ["kept out", "provenance.keptOut"],
  ["an empty scene", "provenance.emptyScene"],
]);

/**
 * What became of some words of a prompt, in the reader's language as far as the page knows it.
 *
 * @param told As the model tells it, such as `lynx → cat` or `dragon → left out`.
 * @returns Undefined where it is no such pair, but a sentence of the model's.
 */
export function substitutionText(told: string): string | undefined {
  const at = told.lastIndexOf(ARROW);
  if (at < 0) return undefined;
  const instead = told.slice(at + ARROW.length);
  const saying = SAYINGS.get(instead);
  return `${isolated(told.slice(0, at))}${ARROW}${saying ? t(saying) : styleName(drawingName(instead))}`;
}
