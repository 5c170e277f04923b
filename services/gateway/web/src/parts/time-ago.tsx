import { signal } from "@preact/signals";
import { serverNow } from "../api/server-clock";
import { ago, moment } from "../i18n/translate";

const TICK_MS = 30_000;

/** One clock for every time on the page. */
const now = signal(serverNow());
setInterval(() => {
  if (document.visibilityState === "visible") now.value = serverNow();
}, TICK_MS);

export function TimeAgo({ at }: { at: string }) {
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at, Math.max(now.value, serverNow()))}
    </time>
  );
}
