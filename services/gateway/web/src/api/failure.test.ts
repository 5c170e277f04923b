import { describe, expect, it } from "vitest";
import { isForNobody, isHelpedBySigningIn, Problem, Unreachable } from "./failure";
import type { Reason } from "./types";

const problem = (status: number, reason?: Reason) =>
  new Problem({ title: "", status, ...(reason && { reason }) });

describe("a refusal", () => {
  it.each<[number, Reason | undefined]>([
    [401, "IDENTITY_REQUIRED"],
    [401, "TOKEN_EXPIRED"],
    [401, "TOKEN_INVALID"],
    [401, undefined], // a proxy's
  ])("%i %s says that nobody is signed in", (status, reason) => {
    expect(isForNobody(problem(status, reason))).toBe(true);
    expect(isHelpedBySigningIn(problem(status, reason))).toBe(true);
  });

  it("for another account than the page's is helped by signing in, though somebody is", () => {
    expect(isForNobody(problem(409, "ACCOUNT_DIFFERS"))).toBe(false);
    expect(isHelpedBySigningIn(problem(409, "ACCOUNT_DIFFERS"))).toBe(true);
  });

  it.each([
    problem(401, "CREDENTIALS_WRONG"),
    problem(403, "NOT_YOURS"),
    problem(409, "VERSION_CONFLICT"),
    problem(503, "UNAVAILABLE"),
    new Unreachable("no network"),
    new Error("a fault of the page"),
  ])("of another kind is not: $reason $message", (failure) => {
    expect(isForNobody(failure)).toBe(false);
    expect(isHelpedBySigningIn(failure)).toBe(false);
  });
});
