import type { ComponentChildren } from "preact";
import type { Author } from "../api/types";
import { nameOf } from "../state/people";

interface NameProps {
  of: Author;
  class: string;
}

/** How somebody is called now: in a direction of its own, and no wider than its place. */
export function Name({ of, class: place }: NameProps) {
  return (
    <span class={`name ${place}`} dir="auto">
      {nameOf(of)}
    </span>
  );
}

interface WordsProps {
  children: ComponentChildren;
  class?: string;
  /** Where something else on the page says the same to those who listen. */
  isSilent?: boolean;
}

/** What somebody has written: with its lines, in a direction of its own, marks and all. */
export function Words({ children, class: place, isSilent = false }: WordsProps) {
  return (
    <p class={place ? `words ${place}` : "words"} dir="auto" aria-hidden={isSilent || undefined}>
      {children}
    </p>
  );
}
