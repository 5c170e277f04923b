import type { MessageKey } from "../i18n/catalogue";
import { seconds, t } from "../i18n/translate";
import type { Painting } from "../state/studio";

/** By the reason of a job that failed; a newer service may give others. */
const WHY_FAILED: Partial<Record<string, MessageKey>> = {
  MODEL_REJECTED: "paint.failed.rejected",
  ATTEMPTS_EXHAUSTED: "paint.failed.exhausted",
};

/** Where a painting stands, in words. */
export function statusOf({ job, queuePosition, step, of, attempt }: Painting): string {
  switch (job?.state) {
    case undefined:
      return t("paint.sending");
    case "queued":
      if (attempt > 0) return t("paint.again.attempt", { n: attempt + 1 });
      return queuePosition > 0 ? t("paint.ahead", { n: queuePosition }) : t("paint.next");
    case "running":
      return step > 0 ? t("paint.step", { step, of }) : t("paint.starting");
    case "succeeded":
      return t("paint.done", { seconds: seconds(job.compute_seconds) });
    case "failed":
      return t(WHY_FAILED[job.failure?.reason ?? ""] ?? "paint.failed");
    case "canceled":
      return t("paint.canceled");
  }
}
