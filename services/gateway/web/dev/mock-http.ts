/** The REST side of the mock gateway. Development only. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Account, JobRequest, PostRequest, Violation } from "../src/api/types.ts";
import { drawPicture } from "./mock-pictures.ts";
import type { MockWorld } from "./mock-world.ts";

export interface Call {
  world: MockWorld;
  method: string;
  parts: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** Who has signed in; empty for a visitor. */
  reader: string;
}

export type Answer = { status: number; body?: unknown; cookie?: string };

const ok = (body: unknown): Answer => ({ status: 200, body });

function problem(status: number, reason: string, violations?: Violation[]): Answer {
  const body = {
    type: `/errors/${reason.toLowerCase()}`,
    title: reason,
    status,
    reason,
    violations,
  };
  return { status, body };
}

/** Answers what the gateway would; false for everything that is not its business. */
export async function answerHttp(
  world: MockWorld,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<boolean> {
  const url = new URL(incoming.url ?? "/", "http://mock");
  if (url.pathname.startsWith("/media/")) {
    const [width, height] = (url.searchParams.get("size") ?? "640x640").split("x").map(Number);
    outgoing.setHeader("content-type", "image/svg+xml");
    outgoing.end(drawPicture(Number(url.searchParams.get("seed")), width ?? 640, height ?? 640));
    return true;
  }
  if (!url.pathname.startsWith("/v1/")) return false;
  const call: Call = {
    world,
    method: incoming.method ?? "GET",
    parts: url.pathname.slice("/v1/".length).split("/"),
    query: url.searchParams,
    body: await readBody(incoming),
    reader: readerOf(world, incoming),
  };
  const { status, body, cookie } = answer(call, incoming.headers.host ?? "");
  outgoing.statusCode = status;
  outgoing.setHeader("content-type", "application/json");
  if (cookie !== undefined) outgoing.setHeader("set-cookie", cookie);
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return true;
}

function readerOf(world: MockWorld, { headers }: IncomingMessage): string {
  const [, id = ""] = /kanvas_session=([\w-]+)/.exec(headers.cookie ?? "") ?? [];
  return world.accounts.has(id) ? id : "";
}

async function readBody(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of incoming) text += String(chunk);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

/** Answers a request, once it is known whose it is. */
export function answer(call: Call, host: string): Answer {
  const [area] = call.parts;
  if (!call.reader && isForMembers(call)) return problem(401, "IDENTITY_REQUIRED");
  if (area === "config") return ok({ stream_url: streamUrl(host), version: "mock" });
  if (call.parts[2] === "password") return ok(ENDED);
  if (area === "accounts" || area === "handles") return accounts(call);
  if (area === "sessions") return sessions(call, host);
  if (area === "exports") return exports(call);
  if (area === "models") return ok({ models: [COLLAGE, EASEL] });
  if (area === "jobs") return jobs(call);
  if (area === "posts") return posts(call);
  if (area === "feeds") return feeds(call);
  return problem(404, "ROUTE_UNKNOWN");
}

/** Whether the gateway answers this to nobody who has not signed in. */
function isForMembers({ method, parts: [area, id, edge] }: Call): boolean {
  switch (area) {
    case "accounts":
      return id === "me" || edge === "follow" || edge === "block";
    case "feeds":
      return id === "home";
    case "posts":
      return method !== "GET";
    case "sessions":
      return method === "GET" || (method === "DELETE" && id !== "current");
    default:
      return area === "jobs" || area === "exports";
  }
}

const ENDED = { ended: 1, applied: true, detail: null, position: "1", graph_position: "1" };
const HERE = {
  id: "01900000-0000-7000-8000-000000000001",
  app: "Firefox",
  system: "Linux",
  current: true,
  made_at: "2026-11-20T08:00:00.000Z",
  used_at: "2026-11-28T08:00:00.000Z",
  expires_at: "2026-12-04T08:00:00.000Z",
};
const ELSEWHERE = {
  ...HERE,
  id: "01900000-0000-7000-8000-000000000002",
  app: "Safari",
  system: "iPhone",
  current: false,
};

const EXPORT = {
  id: "01900000-0000-7000-8000-0000000000e1",
  state: "ready",
  asked_at: "2026-11-28T08:00:00.000Z",
  ended_at: "2026-11-28T08:01:00.000Z",
  kept_until: "2026-12-05T08:01:00.000Z",
  progress: null,
  archive: { url: "/v1/exports/current/archive", size_bytes: 2_400_000, sha256: "ab".repeat(32) },
};

function exports({ method }: Call): Answer {
  return method === "POST" ? problem(429, "EXPORT_TOO_SOON") : ok({ export: EXPORT });
}

const streamUrl = (host: string) => `ws://${host}/v1/stream`;

const COLLAGE = {
  name: "collage",
  version: "1",
  statement: "Arranges and relights openly licensed drawings; not generative AI.",
  generative: false,
  styles: ["3d", "flat", "cartoon", "watercolor"],
  sizes: ["768x512", "512x768", "640x640"],
  default_steps: 12,
  default_guidance: 0,
};

const EASEL = {
  name: "easel",
  version: "1",
  statement: "Experimental: painted by a small generative network of ours.",
  generative: true,
  styles: ["3d", "flat", "watercolor"],
  sizes: ["512x512"],
  default_steps: 12,
  default_guidance: 1.25,
};

function entered(account: Account, status: number): Answer {
  const cookie = `kanvas_session=${account.id}; Path=/; HttpOnly; SameSite=Strict`;
  return {
    status,
    cookie,
    body: { account, token: account.id, expires_at: later(), applied: true },
  };
}

const later = () => new Date(Date.now() + 3_600_000).toISOString();

function accounts({ world, method, parts, query, body, reader }: Call): Answer {
  const [area, key = "", edge] = parts;
  if (area === "accounts" && method === "POST") {
    const handle = String(body.handle ?? "");
    if (world.byHandle(handle)) return problem(409, "HANDLE_TAKEN");
    if (String(body.password).length < 10) {
      return problem(422, "INVALID_ARGUMENT", [{ field: "password", message: "too short" }]);
    }
    return entered(
      world.addAccount(handle, String(body.password), String(body.display_name || handle)),
      201,
    );
  }
  if (key === "me") {
    const { display_name, bio } = body as { display_name: string; bio: string };
    const account = world.setProfile(reader, { display_name, bio });
    return ok({ account, position: world.position });
  }
  const account = area === "handles" ? world.byHandle(key) : world.accounts.get(key);
  if (!account) return problem(404, "ACCOUNT_UNKNOWN");
  if (edge === "follow" || edge === "block") {
    if (edge === "follow") world.setFollow(reader, account.id, method === "PUT");
    else world.setBlock(reader, account.id, method === "PUT");
    return ok({ position: world.position, applied: true });
  }
  const edges = [...world.follows].map((pair) => pair.split(":") as [string, string]);
  const followers = edges.filter(([, to]) => to === account.id).map(([from]) => from);
  const following = edges.filter(([from]) => from === account.id).map(([, to]) => to);
  if (edge) {
    const ids = edge === "followers" ? followers : following;
    const found = ids.map((id) => world.accounts.get(id));
    return ok({ accounts: found.slice(0, Number(query.get("limit") ?? 50)), next_cursor: null });
  }
  const isOther = reader && reader !== account.id;
  const relationship = isOther ? world.relationship(reader, account.id) : undefined;
  return ok({
    account,
    following_count: following.length,
    follower_count: followers.length,
    ...(relationship && { relationship }),
    hidden: relationship?.blocking ?? false,
    position: world.position,
  });
}

function sessions({ world, method, parts, body, reader }: Call, host: string): Answer {
  const listed = parts[1] === undefined && method !== "POST";
  if (listed && method === "GET") return ok({ sessions: [HERE, ELSEWHERE] });
  if (method === "DELETE" && parts[1] !== "current") {
    return ok(ENDED);
  }
  if (method === "POST") {
    const account = world.byHandle(String(body.handle));
    const isRight = account && world.passwords.get(account.id) === body.password;
    return isRight ? entered(account, 201) : problem(401, "CREDENTIALS_WRONG");
  }
  if (method === "DELETE") return { status: 204, cookie: "kanvas_session=; Path=/; Max-Age=0" };
  const account = world.accounts.get(reader);
  return ok({ account, stream_token: reader, stream_url: streamUrl(host), erase_at: null });
}

function jobs({ world, method, parts, body, reader }: Call): Answer {
  if (method === "POST") {
    const job = world.addJob(reader, String(body.id), body as unknown as JobRequest);
    return { status: 202, body: { job, queue_position: 2 } };
  }
  const job = world.jobs.get(parts[1] ?? "");
  if (parts.length === 1) return ok({ items: world.unpublished(reader), next_cursor: null });
  if (!job || job.owner !== reader) return problem(404, "JOB_UNKNOWN");
  if (method === "DELETE" && parts[2] === "picture") {
    world.jobs.delete(job.id);
    return { status: 204 };
  }
  if (method === "DELETE" && (job.state === "queued" || job.state === "running")) {
    job.state = "canceled";
  }
  return ok({ job, queue_position: 0 });
}

function posts({ world, method, parts, body, reader }: Call): Answer {
  const [, id = "", like] = parts;
  if (method === "POST") {
    const request = body as unknown as PostRequest;
    const { job_id, alt_text, caption = "", visibility = "public", uses = {} } = request;
    const job = world.jobs.get(job_id);
    const author = world.accounts.get(reader) as Account;
    if (job?.owner !== reader) return problem(404, "JOB_UNKNOWN");
    if (!job.picture) return problem(409, "JOB_NOT_FINISHED");
    if (!alt_text) {
      return problem(422, "INVALID_ARGUMENT", [{ field: "alt_text", message: "missing" }]);
    }
    const fields = { id: String(body.id), caption, alt_text, visibility, uses, prompt: job.prompt };
    const post = world.addPost(author, job.picture, fields);
    job.post_id ??= post.id;
    return { status: 201, body: { post, position: world.position } };
  }
  const post = world.posts.get(id);
  if (!post || !world.maySee(reader, post)) return problem(404, "POST_UNKNOWN");
  if (like) {
    const key = `${id}:${reader}`;
    const before = world.likes.size;
    world.likes[method === "PUT" ? "add" : "delete"](key);
    post.like_count += world.likes.size - before;
    return ok({ like_count: post.like_count });
  }
  if (method === "DELETE") world.removePost(id);
  return ok({ post: world.shownTo(reader, post), position: world.position });
}

function feeds({ world, parts, query, reader }: Call): Answer {
  const [, kind, id] = parts;
  const limit = Math.min(100, Number(query.get("limit") ?? 30));
  return ok(
    world.feed(
      reader,
      (post) => {
        if (kind === "accounts") return post.author.id === id;
        if (kind === "tags") {
          const tag = decodeURIComponent(id ?? "").toLowerCase();
          return post.visibility === "public" && post.tags.some(({ name }) => name === tag);
        }
        return kind === "global"
          ? post.visibility === "public"
          : world.inHome(reader, post.author.id);
      },
      query.get("cursor") ?? "",
      limit,
    ),
  );
}
