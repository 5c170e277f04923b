import { Problem, Unreachable } from "../api/failure";
import type { Reason } from "../api/types";
import type { MessageKey } from "./catalogue";
import { t } from "./translate";

/** What people are told, by each reason of docs/errors.md that REST can give. */
const BY_REASON: Record<Reason, MessageKey> = {
  ACCOUNT_DELETING: "problem.deleting",
  ACCOUNT_DIFFERS: "problem.accountDiffers",
  ACCOUNT_EXISTS: "problem.startAnew",
  ACCOUNT_NOT_COPIED: "problem.tooNew",
  ACCOUNT_UNKNOWN: "problem.notFound",
  ALREADY_EXISTS: "problem.conflict",
  BLOCKED: "problem.blocked",
  BODY_TIMEOUT: "problem.tooSlow",
  BODY_TOO_LARGE: "problem.tooLarge",
  CLIENT_HEADER_REQUIRED: "problem.reload",
  CLOCK_DIFFERS: "problem.unavailable",
  COMMAND_DISPLACED: "problem.unknown",
  COMMAND_EXPIRED: "problem.clock",
  COMMAND_ID_REUSED: "problem.startAnew",
  CONFLICT: "problem.conflict",
  CREDENTIALS_WRONG: "problem.credentials",
  DEADLINE_EXCEEDED: "problem.unavailable",
  EXPORT_NOT_READY: "problem.exportGone",
  EXPORT_TOO_SOON: "problem.exportTooSoon",
  EXPORT_UNKNOWN: "problem.notFound",
  FAILED_PRECONDITION: "problem.conflict",
  HANDLE_TAKEN: "problem.handleTaken",
  HEAD_TIMEOUT: "problem.tooSlow",
  HEAD_TOO_LARGE: "problem.reload",
  HISTORY_UNAVAILABLE: "problem.oldUnavailable",
  IDENTITY_REQUIRED: "problem.signInFirst",
  INTERNAL: "problem.unknown",
  INVALID_ARGUMENT: "problem.invalid",
  JOB_EXISTS: "problem.startAnew",
  JOB_NOT_FINISHED: "problem.jobNotDone",
  JOB_UNKNOWN: "problem.jobGone",
  MEDIA_TYPE_UNSUPPORTED: "problem.reload",
  METHOD_NOT_ALLOWED: "problem.reload",
  NOT_FOUND: "problem.notFound",
  NOT_FRESH: "problem.unavailable",
  NOT_JSON: "problem.reload",
  NOT_LEADER: "problem.unavailable",
  NOT_YOURS: "problem.forbidden",
  OUTCOME_UNKNOWN: "problem.perhaps",
  OVERLOADED: "problem.unavailable",
  PASSWORD_WRONG: "problem.oldPassword",
  PERMISSION_DENIED: "problem.forbidden",
  PICTURE_UNDECIDED: "problem.unavailable",
  PICTURE_UNKNOWN: "problem.notFound",
  POSITION_NOT_REACHED: "problem.unavailable",
  POSITION_UNKNOWN: "problem.reload",
  POST_EXISTS: "problem.alreadyPublished",
  POST_UNKNOWN: "problem.notFound",
  PRECONDITION_FAILED: "problem.conflict",
  QUEUE_FULL: "problem.queueFull",
  RANGE_NOT_SATISFIABLE: "problem.reload",
  RATE_LIMITED: "problem.tooMany",
  RECORD_REFUSED: "problem.unknown",
  REQUEST_MALFORMED: "problem.reload",
  RESOURCE_EXHAUSTED: "problem.tooMany",
  ROUTE_UNKNOWN: "problem.reload",
  SELF_FOLLOW: "problem.self",
  SESSIONS_UNKNOWN: "problem.unavailable",
  SESSION_ENDED: "problem.signInFirst",
  STATEMENT_REFUSED: "problem.unknown",
  TOKEN_EXPIRED: "problem.signInFirst",
  TOKEN_INVALID: "problem.signInFirst",
  TOO_MANY_CONNECTIONS: "problem.tooMany",
  TOO_MANY_WRITES: "problem.tooMany",
  UNAUTHENTICATED: "problem.signInFirst",
  UNAVAILABLE: "problem.unavailable",
  VERSION_CONFLICT: "problem.changedElsewhere",
  VIEWS_BEHIND: "problem.unavailable",
};

/** For answers of a proxy, and of a gateway that is newer than this page. */
const BY_STATUS: Record<number, MessageKey> = {
  400: "problem.reload",
  401: "problem.signInFirst",
  403: "problem.forbidden",
  404: "problem.notFound",
  408: "problem.tooSlow",
  409: "problem.conflict",
  412: "problem.conflict",
  413: "problem.tooLarge",
  422: "problem.invalid",
  429: "problem.tooMany",
  502: "problem.unavailable",
  503: "problem.unavailable",
  504: "problem.unavailable",
};

/** Reasons that are about one field, although they name none. */
const FIELD_OF_REASON: Partial<Record<string, FieldName>> = {
  HANDLE_TAKEN: "handle",
  PASSWORD_WRONG: "old_password",
};

/** What no form has: ids that the page makes. They are wrong where this machine's clock is. */
const CLOCK_FIELDS: ReadonlySet<string> = new Set(["command_id", "post_id", "job_id", "id"]);

/** What stands beside each field of a form: it fits every way in which the field can be wrong. */
const OF_FIELDS = {
  alt_text: "field.alt_text",
  bio: "field.bio",
  caption: "field.caption",
  display_name: "field.display_name",
  guidance: "field.guidance",
  handle: "field.handle",
  height: "field.size",
  model: "field.model",
  negative_prompt: "field.negative_prompt",
  new_password: "field.new_password",
  old_password: "field.old_password",
  password: "field.password",
  prompt: "field.prompt",
  seed: "field.seed",
  steps: "field.steps",
  style: "field.style",
  uses: "field.uses",
  visibility: "field.visibility",
  width: "field.size",
} as const satisfies Record<string, MessageKey>;

/** A field that some form has, by the name that the gateway has for it. */
export type FieldName = keyof typeof OF_FIELDS;

export interface Refusal<Name extends FieldName> {
  /** What to change in each field that the gateway objected to. */
  errors: Partial<Record<Name, string>>;
  /** What else there is to say; absent where the fields say it all. */
  sentence: string | undefined;
}

const SHORTEST_WAIT_SECONDS = 1;

/** What went wrong and what to do, in the reader's language. */
export function problemSentence(failure: unknown): string {
  if (failure instanceof Unreachable) return t("problem.unreachable");
  if (!(failure instanceof Problem)) return t("problem.unknownTraceless");
  const key = keyOf(failure);
  if (key === "problem.tooMany") {
    const wait = Math.max(SHORTEST_WAIT_SECONDS, Math.ceil(failure.retryAfter ?? 0));
    return t(key, { n: wait });
  }
  if (key && key !== "problem.unknown") return t(key);
  if (failure.traceId) return t("problem.unknown", { trace: failure.traceId });
  return t("problem.unknownTraceless");
}

/** Tells what the gateway refused of a form, of which `fields` can be seen. */
export function refusalOf<Name extends FieldName>(
  failure: unknown,
  fields: readonly Name[],
): Refusal<Name> {
  if (failure === undefined) return { errors: {}, sentence: undefined };
  const named = failure instanceof Problem ? refusedFields(failure) : [];
  const shown = fields.filter((field) => named.includes(field));
  const errors: Refusal<Name>["errors"] = {};
  for (const field of shown) errors[field] = fieldSentence(field, failure);
  const isTold = shown.length > 0 && named.every((name) => shown.some((field) => field === name));
  return { errors, sentence: isTold ? undefined : problemSentence(failure) };
}

function refusedFields({ reason, violations }: Problem): string[] {
  const field = FIELD_OF_REASON[reason];
  return field ? [field] : violations.map(nameOf);
}

function fieldSentence(field: FieldName, failure: unknown): string {
  const isReasonOf = failure instanceof Problem && FIELD_OF_REASON[failure.reason] === field;
  return isReasonOf ? problemSentence(failure) : t(OF_FIELDS[field]);
}

function keyOf(failure: Problem): MessageKey | undefined {
  if (isOfTheClock(failure)) return "problem.clock";
  const byReason: Partial<Record<string, MessageKey>> = BY_REASON;
  return byReason[failure.reason] ?? BY_STATUS[failure.status];
}

function isOfTheClock({ status, violations }: Problem): boolean {
  return (
    status === 422 &&
    violations.length > 0 &&
    violations.every((violation) => CLOCK_FIELDS.has(nameOf(violation)))
  );
}

/** The field of the request's body: a service names its own path, as in `spec.steps`. */
function nameOf({ field }: { field: string }): string {
  return field.replace(/^spec\./, "").replace(/[.[].*$/, "");
}
