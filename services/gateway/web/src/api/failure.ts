import type { ProblemDetails, Violation } from "./types";

/** The gateway refused a request and said why (RFC 9457 problem details). */
export class Problem extends Error {
  readonly status: number;
  /** Upper-case name of the reason, such as `HANDLE_TAKEN`; empty when the answer named none. */
  readonly reason: string;
  readonly violations: readonly Violation[];
  /** Seconds to wait before asking again, where the answer says so. */
  readonly retryAfter: number | undefined;
  /** Follows the request through the logs of every service. */
  readonly traceId: string | undefined;

  constructor(details: ProblemDetails, retryAfter?: number) {
    super(details.detail ?? details.title);
    this.name = "Problem";
    this.status = details.status;
    this.reason = details.reason ?? "";
    this.violations = details.violations ?? [];
    this.retryAfter = retryAfter;
    this.traceId = details.trace_id;
  }
}

/** No answer came: the network is down, the deadline passed, or something else answered. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("no answer", { cause });
    this.name = "Unreachable";
  }
}

/**
 * Whether a request was refused because nobody is signed in: the session has ended, or there was
 * none. A wrong password is another 401.
 */
export function isForNobody(failure: unknown): boolean {
  return (
    failure instanceof Problem && failure.status === 401 && failure.reason !== "CREDENTIALS_WRONG"
  );
}

/** Whether a request was refused because the account of whose page it is is being deleted. */
export function isForDeleted(failure: unknown): boolean {
  return failure instanceof Problem && failure.reason === "ACCOUNT_DELETING";
}

/** Whether signing in helps: nobody is signed in, or somebody else than the page shows. */
export function isHelpedBySigningIn(failure: unknown): boolean {
  const isForAnother = failure instanceof Problem && failure.reason === "ACCOUNT_DIFFERS";
  return isForAnother || isForNobody(failure);
}
