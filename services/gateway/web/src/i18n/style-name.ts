import { catalogue, type MessageKey } from "./catalogue";
import { t } from "./translate";

/** A style's name in the reader's language, or as the model calls it where we do not know it. */
export function styleName(style: string): string {
  const key = `paint.style.${style}`;
  return key in catalogue ? t(key as MessageKey) : style;
}
