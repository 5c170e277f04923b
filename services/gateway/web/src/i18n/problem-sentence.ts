import { Problem, Unreachable } from "../api/failure";
import { catalogue, type MessageKey } from "./catalogue";
import { t } from "./translate";

/** Reasons of docs/errors.md that say more than their status. */
const BY_REASON: Record<string, MessageKey> = {
  COMMAND_EXPIRED: "problem.clock",
  ACCOUNT_DIFFERS: "problem.accountDiffers",
  BLOCKED: "problem.blocked",
  CREDENTIALS_WRONG: "problem.credentials",
  HANDLE_TAKEN: "problem.handleTaken",
  JOB_NOT_FINISHED: "problem.jobNotDone",
  POST_EXISTS: "problem.alreadyPublished",
  QUEUE_FULL: "problem.queueFull",
  SELF_FOLLOW: "problem.self",
};

const BY_STATUS: Record<number, MessageKey> = {
  400: "problem.invalid",
  401: "problem.signInFirst",
  403: "problem.forbidden",
  404: "problem.notFound",
  409: "problem.conflict",
  412: "problem.conflict",
  413: "problem.tooLarge",
  422: "problem.invalid",
  502: "problem.unavailable",
  503: "problem.unavailable",
  504: "problem.unavailable",
};

/** What no form has: ids that the page makes. They are wrong where this machine's clock is. */
const CLOCK_FIELDS: ReadonlySet<string> = new Set(["command_id", "post_id", "job_id", "id"]);

const SHORTEST_WAIT_SECONDS = 1;

/** What went wrong and what to do, in the reader's language. */
export function problemSentence(failure: unknown): string {
  if (failure instanceof Unreachable) return t("problem.unreachable");
  if (!(failure instanceof Problem)) return t("problem.unknownTraceless");
  const byReason = BY_REASON[failure.reason];
  if (byReason) return t(byReason);
  if (failure.status === 429) {
    const wait = Math.max(SHORTEST_WAIT_SECONDS, Math.ceil(failure.retryAfter ?? 0));
    return t("problem.tooMany", { n: wait });
  }
  if (isOfTheClock(failure)) return t("problem.clock");
  const byStatus = BY_STATUS[failure.status];
  if (byStatus) return t(byStatus);
  if (failure.traceId) return t("problem.unknown", { trace: failure.traceId });
  return t("problem.unknownTraceless");
}

function isOfTheClock({ status, violations }: Problem): boolean {
  return (
    status === 422 &&
    violations.length > 0 &&
    violations.every(({ field }) => CLOCK_FIELDS.has(field))
  );
}

/**
 * What to change in each field that the gateway objected to, by field name. Fields that the page
 * knows are told in the reader's language, others in the gateway's words.
 */
export function fieldSentences(failure: unknown): Record<string, string> {
  if (!(failure instanceof Problem)) return {};
  const ofForms = failure.violations.filter(({ field }) => !CLOCK_FIELDS.has(field));
  return Object.fromEntries(
    ofForms.map(({ field, message }) => {
      // A service names the field by its own path, such as `spec.steps`.
      const name = field.slice(field.lastIndexOf(".") + 1);
      const key = `field.${name}`;
      return [name, key in catalogue ? t(key as MessageKey) : message];
    }),
  );
}
