import type { Author } from "../api/types";
import { nameOf } from "../state/people";
import { firstGrapheme } from "../text/graphemes";

const FULL_TURN = 360;

/** The same colour for the same person, everywhere. */
function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % FULL_TURN;
  return sum;
}

export function Avatar({ of, size }: { of: Author; size?: "medium" | "large" }) {
  const initial = firstGrapheme(nameOf(of)) || "?";
  const style = { "--hue": String(hueOf(of.handle)) };
  return (
    <span class={size ? `avatar avatar--${size}` : "avatar"} style={style} aria-hidden="true">
      {initial}
    </span>
  );
}
