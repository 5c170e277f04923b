import { beforeEach, describe, expect, it } from "vitest";
import { Problem, Unreachable } from "../api/failure";
import type { Reason } from "../api/types";
import { language } from "../state/preferences";
import { problemSentence, refusalOf } from "./problem-sentence";

function problem(status: number, reason?: Reason, more = {}, retryAfter?: number): Problem {
  return new Problem(
    { type: "", title: "", status, ...(reason && { reason }), ...more },
    retryAfter,
  );
}

const OF_THE_FUTURE = [{ field: "command_id", message: "Must not carry a time in the future." }];

beforeEach(() => {
  language.value = "en";
});

describe("the sentence", () => {
  it.each([
    [problem(409, "HANDLE_TAKEN"), /taken.*another/],
    [problem(401, "CREDENTIALS_WRONG"), /do not match/],
    [problem(401, "TOKEN_EXPIRED"), /Sign in first/],
    [problem(429, "QUEUE_FULL"), /Everyone is painting/],
    [problem(409, "JOB_NOT_FINISHED"), /not finished/],
    [problem(404, "POST_UNKNOWN"), /not there/],
    [problem(409, "COMMAND_EXPIRED"), /clock of this device/],
    [problem(422, "INVALID_ARGUMENT", { violations: OF_THE_FUTURE }), /clock of this device/],
    [problem(403, "NOT_YOURS"), /not yours/],
    [problem(503, "NOT_FRESH"), /Try again in a moment/],
    [new Unreachable(new Error("down")), /Check your connection/],
  ])("says what happened and what to do: %s", (failure, sentence) => {
    expect(problemSentence(failure)).toMatch(sentence);
  });

  it("says how long to wait, in whole seconds", () => {
    expect(problemSentence(problem(429, "RATE_LIMITED", {}, 2.2))).toContain("3 seconds,");
    expect(problemSentence(problem(429, "RATE_LIMITED"))).toContain("1 second,");
  });

  it("gives the trace of what it cannot explain, and never the server's own words", () => {
    const failure = problem(500, "INTERNAL", { detail: "stack trace", trace_id: "4bf9" });
    expect(problemSentence(failure)).toContain("4bf9");
    expect(problemSentence(failure)).not.toContain("stack trace");
  });

  it("speaks the reader's language", () => {
    language.value = "id";
    expect(problemSentence(problem(409, "HANDLE_TAKEN"))).toContain("sudah dipakai");
  });
});

it("tells fields beside them, and nothing else where the fields say it all", () => {
  language.value = "id";
  const violations = [{ field: "password", message: "10 to 200 characters." }];
  const told = refusalOf(problem(422, "INVALID_ARGUMENT", { violations }), ["password", "handle"]);
  expect(told).toEqual({
    errors: { password: expect.stringContaining("10–200 karakter") as string },
    sentence: undefined,
  });
});

it("tells what no field of the form can show", () => {
  const ofTheClock = problem(422, "INVALID_ARGUMENT", { violations: OF_THE_FUTURE });
  expect(refusalOf(ofTheClock, ["handle"])).toEqual({
    errors: {},
    sentence: expect.stringContaining("clock of this device") as string,
  });
  expect(refusalOf(new Unreachable(undefined), ["handle"]).sentence).toMatch(/connection/);
});
