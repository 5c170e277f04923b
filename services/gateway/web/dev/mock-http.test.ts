/** The mock refuses as the gateway does, so that the page is worked on before the same answers. */
import { describe, expect, it } from "vitest";
import described from "../../../../docs/api/openapi.json?raw";
import { answer } from "./mock-http.ts";
import { MockWorld } from "./mock-world.ts";

interface Operation {
  /** Ways to sign in, of which one is needed; an empty one stands for none. */
  security: object[];
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
const paths: Record<string, Record<string, Operation>> = JSON.parse(described).paths;
const operations = Object.entries(paths)
  .filter(([path]) => path.startsWith("/v1/"))
  .flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );

function ask(world: MockWorld, method: string, path: string, reader = "", body = {}) {
  const parts = path.slice("/v1/".length).split("/");
  return answer({ world, method, parts, query: new URLSearchParams(), body, reader }, "mock");
}

it.each(operations)("$method $path is for whom the gateway says", ({ method, path, operation }) => {
  const { security } = operation;
  const isForMembers = security.length > 0 && security.every((way) => Object.keys(way).length > 0);
  const { status, body } = ask(new MockWorld(0), method, path);
  const isTurnedAway =
    status === 401 && (body as { reason: string }).reason === "IDENTITY_REQUIRED";
  expect(isTurnedAway).toBe(isForMembers);
});

describe("what cannot be published", () => {
  const world = new MockWorld(0);
  const [sari = "", tomas = ""] = world.accounts.keys();
  const job = world.addJob(sari, "1", { prompt: "a fox" });
  const publish = (reader: string) =>
    ask(world, "POST", "/v1/posts", reader, { job_id: job.id, alt_text: "A fox." });

  it("is a job that has no picture", () => {
    expect(publish(sari)).toMatchObject({ status: 409, body: { reason: "JOB_NOT_FINISHED" } });
  });

  it("is somebody else's, which is as if it were not there", () => {
    expect(publish(tomas)).toMatchObject({ status: 404, body: { reason: "JOB_UNKNOWN" } });
  });
});
