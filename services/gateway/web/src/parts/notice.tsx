import type { ComponentChildren } from "preact";

interface Props {
  title: string;
  text?: string;
  /** It is all that the room shows: its title is the room's. */
  isRoom?: boolean;
  children?: ComponentChildren;
}

/** An empty place, and what to do there: a bare frame with words under it. */
export function Notice({ title, text, isRoom = false, children }: Props) {
  return (
    <div class="notice">
      <svg class="notice-frame" viewBox="0 0 104 80" aria-hidden="true" fill="none">
        <path
          d="M52 2 26 18h52z"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-linejoin="round"
        />
        <rect x="9" y="18" width="86" height="60" rx="6" stroke="currentColor" stroke-width="1.5" />
        <rect
          x="19"
          y="28"
          width="66"
          height="40"
          rx="3"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-dasharray="3 5"
        />
      </svg>
      {isRoom ? <h1>{title}</h1> : <h2>{title}</h2>}
      {text && <p class="soft">{text}</p>}
      {children}
    </div>
  );
}
