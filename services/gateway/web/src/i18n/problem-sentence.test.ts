import { beforeEach, describe, expect, it } from "vitest";
import { Problem, Unreachable } from "../api/failure";
import { language } from "../state/preferences";
import { fieldSentences, problemSentence } from "./problem-sentence";

function problem(status: number, reason = "", more = {}, retryAfter?: number): Problem {
  return new Problem({ type: "", title: "", status, reason, ...more }, retryAfter);
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
    [problem(412, "JOB_NOT_FINISHED"), /not finished/],
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

describe("fields", () => {
  it("are told beside them, known ones in the reader's language", () => {
    language.value = "id";
    const violations = [
      { field: "password", message: "10 to 200 characters." },
      { field: "spec.style", message: "Not a style of this model." },
    ];
    expect(fieldSentences(problem(422, "INVALID_ARGUMENT", { violations }))).toEqual({
      password: expect.stringContaining("Terlalu lemah") as string,
      style: "Not a style of this model.",
    });
  });

  it("are none where the failure is not about them", () => {
    const ofTheClock = problem(422, "INVALID_ARGUMENT", { violations: OF_THE_FUTURE });
    expect(fieldSentences(ofTheClock)).toEqual({});
    expect(fieldSentences(new Unreachable(undefined))).toEqual({});
  });
});
