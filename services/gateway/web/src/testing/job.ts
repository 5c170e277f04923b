import type { Job } from "../api/types";

/** A job made up for a test: one that waits, but for what is changed. */
export function job(changes: Partial<Job> = {}): Job {
  return {
    id: "1",
    prompt: "a fox",
    negative_prompt: "",
    model: "m",
    width: 512,
    height: 512,
    steps: 12,
    seed: 7,
    style: "",
    guidance: 0,
    state: "queued",
    attempt: 0,
    picture: null,
    failure: null,
    ended_at: null,
    created_at: "",
    compute_seconds: 0,
    kept_until: null,
    post_id: null,
    ...changes,
  };
}
