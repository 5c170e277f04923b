import { isForDeleted, isForNobody, Problem, Unreachable } from "./failure";
import { noteServerDate } from "./server-clock";
import type { ProblemDetails } from "./types";
import { uuid7 } from "./uuid7";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RequestOptions {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** Whether it asks who is signed in, or changes that: it acts for no account that the page shows. */
  forNobody?: boolean;
  /** Idempotency key of a write that is asked for in several requests; else each has its own. */
  key?: string;
  signal?: AbortSignal;
}

const ATTEMPTS = 3;
const ATTEMPT_DEADLINE_MS = 10_000;
const FIRST_PAUSE_MS = 400;
/** Longer advice than this is for the person, not for a loop. */
const LONGEST_PAUSE_MS = 4_000;

let shown: string | undefined;
let onEnd: () => void = () => undefined;

/** Whose page it is. Requests say so, and the gateway refuses them once somebody else signed in. */
export function actFor(accountId: string | undefined): void {
  shown = accountId;
}

/**
 * Called when a request for whose page it is was refused because nobody is signed in, or because
 * the account is being deleted: in another tab, or elsewhere.
 */
export function whenSessionEnds(callback: () => void): void {
  onEnd = callback;
}

/**
 * One request to the gateway, as JSON.
 *
 * Writes carry an idempotency key, so a request that got no answer is safely repeated: at most
 * three attempts of ten seconds each. An attempt at a write outlives the page.
 *
 * @throws Problem when the gateway refused it, Unreachable when no attempt was answered, and the
 *   signal's reason when the caller gave up.
 */
export async function request<T>(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<T> {
  const init = describe(method, options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask<T>(address(path, options.query), init, options.signal);
    } catch (failure) {
      options.signal?.throwIfAborted();
      const isOver = isForNobody(failure) || isForDeleted(failure);
      if (shown && !options.forNobody && isOver) onEnd();
      if (attempt === ATTEMPTS || !mayPass(failure)) throw failure;
      await pause(pauseBefore(attempt, failure), options.signal);
    }
  }
}

function describe(method: Method, options: RequestOptions): RequestInit {
  const headers: Record<string, string> = { accept: "application/json" };
  if (shown && !options.forNobody) headers["kanvas-account"] = shown;
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (method !== "GET") {
    // A header of our own cannot be sent across sites without asking first: it stops forged writes.
    headers["kanvas-client"] = "web";
    headers["idempotency-key"] = options.key ?? uuid7();
    // The request is sent even if the person closes the page at once. That holds up to 64 KiB, far
    // above any body.
    init.keepalive = true;
  }
  if (options.body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  return init;
}

function address(path: string, query: RequestOptions["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function ask<T>(url: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
  const deadline = AbortSignal.timeout(ATTEMPT_DEADLINE_MS);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      ...init,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    noteServerDate(response.headers.get("date"));
    body = response.status === 204 ? undefined : await response.json();
  } catch (cause) {
    throw new Unreachable(cause);
  }
  if (response.ok) return body as T;
  throw new Problem(problemDetails(response, body), retryAfter(response));
}

function problemDetails(response: Response, body: unknown): ProblemDetails {
  const given = typeof body === "object" && body !== null ? (body as Partial<ProblemDetails>) : {};
  return {
    type: "about:blank",
    title: response.statusText,
    ...given,
    status: response.status,
  };
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

function mayPass(failure: unknown): boolean {
  if (failure instanceof Unreachable) return true;
  return failure instanceof Problem && (failure.status === 503 || failure.status === 504);
}

function pauseBefore(attempt: number, failure: unknown): number {
  const advised = failure instanceof Problem ? (failure.retryAfter ?? 0) * 1000 : 0;
  const own = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
  return Math.min(Math.max(advised, own), LONGEST_PAUSE_MS);
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
