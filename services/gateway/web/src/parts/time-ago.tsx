import { signal } from "@preact/signals";
import { serverNow } from "../api/server-clock";
import { ago, day, moment } from "../i18n/translate";

const TICK_MS = 30_000;

/** One clock for every time on the page. */
const now = signal(serverNow());
setInterval(() => {
  if (document.visibilityState === "visible") now.value = serverNow();
}, TICK_MS);

/** How long ago; on paper, which stays, the day. */
export function TimeAgo({ at }: { at: string }) {
  return (
    <time dateTime={at} title={moment(at)}>
      <span class="on-screen">{ago(at, Math.max(now.value, serverNow()))}</span>
      <span class="on-paper">{day(at)}</span>
    </time>
  );
}
