/**
 * A small world in memory with the manners of the gateway: accounts, follows, posts, positions and
 * the events that open sockets get. Development only; it forgets everything on restart.
 */

import { createHash } from "node:crypto";
import type {
  Account,
  Job,
  JobRequest,
  Picture,
  Post,
  Relationship,
  Tag,
} from "../src/api/types.ts";
import { uuid7 } from "../src/api/uuid7.ts";
import { meanColor } from "./mock-pictures.ts";

export interface WorldEvent {
  pos: number;
  event: string;
  data: { author_id?: string; id?: string; author?: { id: string } } & Record<string, unknown>;
  /** Whose home it is meant for; undefined for what stands in every feed. */
  reader?: string;
}

export const EPOCH = 2 ** 40;
const HOUR = 3_600_000;

const PEOPLE: [string, string, string][] = [
  ["sari", "Sari Wulandari", "Batik patterns, volcanoes, and the sea before rain."],
  ["tomas", "Tomás Herrera", "Boats I would like to own."],
  ["ineke", "Ineke de Vries", "Flowers, mostly. Sometimes squares."],
  ["bayu", "Bayu Pratama", "Malam, bulan, laut."],
  ["mirja", "Mirja Lehtonen", ""],
  ["layla", "ليلى حداد!", "أرسم البحر.\n\nQuestions? layla@example.org"],
  ["wide", "W".repeat(50), "A name as wide as a name can be."],
  ["marks", `Z\u0300${"\u0301".repeat(40)}algo`, "Marks upon marks."],
];

const WORDS: [string, string][] = [
  ["a fishing boat under a low moon", "Night shift."],
  ["hills at dusk, warm light, a pale sun", "The road home, as I remember it"],
  ["wildflowers in tall grass, flat illustration", ""],
  [
    "a quilt of quarter circles and triangles",
    "Trying to get the rhythm right before I cut the paper for the real one",
  ],
  ["a lighthouse in fog, soft colours", "Fog again, #Sea below"],
  ["three mountains and a lake at sunrise", "Bromo, sekitar pukul lima pagi"],
  ["a paper garden, pink and violet", ""],
  ["قارب في البحر", "قارب، وبحر.\nوقمر!"],
  ["calm sea, one sail", "For the kitchen wall. #sea #paper_cut"],
];

const SIZES: [number, number][] = [
  [768, 512],
  [512, 768],
  [640, 640],
  [768, 576],
];

export class MockWorld {
  readonly accounts = new Map<string, Account>();
  readonly passwords = new Map<string, string>();
  readonly posts = new Map<string, Post>();
  readonly likes = new Set<string>();
  readonly follows = new Set<string>();
  readonly blocks = new Set<string>();
  readonly jobs = new Map<string, Job & { owner: string }>();
  readonly events: WorldEvent[] = [];
  readonly listeners = new Set<(event: WorldEvent) => void>();
  #position = EPOCH;

  constructor(posts = 44) {
    for (const [handle, name, bio] of PEOPLE) this.addAccount(handle, "a wall of paint", name, bio);
    const authors = [...this.accounts.values()];
    for (let index = 0; index < posts; index += 1) {
      const author = authors[(index * 3 + (index >> 2)) % authors.length] as Account;
      const [prompt, caption] = WORDS[(index * 5) % WORDS.length] as [string, string];
      const age = (posts - index) ** 1.6 * 0.06 * HOUR;
      this.addPost(
        author,
        this.picture(index * 7 + 3, ...(SIZES[(index * 5) % 4] as [number, number])),
        {
          prompt,
          caption,
          alt_text: `${prompt[0]?.toUpperCase()}${prompt.slice(1)}.`,
          created_at: new Date(Date.now() - age).toISOString(),
          like_count: (index * 13) % 29,
        },
      );
    }
  }

  get position(): string {
    return String(this.#position);
  }

  addAccount(handle: string, password: string, display_name = handle, bio = ""): Account {
    const account = { id: uuid7(), handle, display_name, bio, created_at: now(), version: 1 };
    this.accounts.set(account.id, account);
    this.passwords.set(account.id, password);
    return account;
  }

  byHandle(handle: string): Account | undefined {
    return [...this.accounts.values()].find((account) => account.handle === handle.toLowerCase());
  }

  picture(seed: number, width: number, height: number): Picture {
    const name = createHash("sha256").update(`${seed}-${width}-${height}`).digest("hex");
    return {
      url: `/media/${name}.webp?${new URLSearchParams({ seed: String(seed), size: `${width}x${height}` })}`,
      width,
      height,
      media_type: "image/webp",
      placeholder: meanColor(seed),
      provenance: {
        model: "collage",
        model_version: "1",
        seed,
        statement: "Arranges and relights openly licensed drawings; not generative AI.",
        generative: false,
        substitutions: seed % 3 === 0 ? ["lynx → cat"] : [],
      },
    };
  }

  addPost(author: Account, picture: Picture, fields: Partial<Post>): Post {
    const { id, handle, display_name, version } = author;
    const post: Post = {
      id: uuid7(),
      author: { id, handle, display_name, version },
      caption: "",
      tags: tagsOf(fields.caption ?? ""),
      alt_text: "",
      prompt: "",
      visibility: "public",
      uses: { train: false, embed: false, recommend: false },
      picture,
      created_at: now(),
      created_position: String(this.#position + 1),
      like_count: 0,
      liked: false,
      ...fields,
    };
    this.posts.set(post.id, post);
    this.record("post.created", { ...post });
    return post;
  }

  removePost(id: string): void {
    const post = this.posts.get(id);
    if (!post) return;
    this.posts.delete(id);
    this.record("post.removed", { id, author_id: post.author.id });
  }

  record(event: string, data: WorldEvent["data"], reader?: string): number {
    this.#position += 1;
    const record = { pos: this.#position, event, data, ...(reader && { reader }) };
    this.events.push(record);
    for (const listener of this.listeners) listener(record);
    return this.#position;
  }

  setProfile(id: string, changes: Partial<Account>): Account {
    const before = this.accounts.get(id) as Account;
    const account = { ...before, ...changes, version: before.version + 1 };
    this.accounts.set(id, account);
    const { handle, display_name, version } = account;
    for (const post of this.posts.values()) {
      if (post.author.id === id) post.author = { id, handle, display_name, version };
    }
    this.record("author.changed", { ...account });
    return account;
  }

  setFollow(follower: string, followee: string, follow: boolean): void {
    this.follows[follow ? "add" : "delete"](`${follower}:${followee}`);
    this.record("home.changed", { account_id: followee, following: follow }, follower);
  }

  setBlock(blocker: string, blocked: string, block: boolean): void {
    this.blocks[block ? "add" : "delete"](`${blocker}:${blocked}`);
    if (block) this.follows.delete(`${blocker}:${blocked}`);
    this.record(block ? "author.hidden" : "author.shown", { author_id: blocked }, blocker);
  }

  relationship(from: string, to: string): Relationship {
    return {
      following: this.follows.has(`${from}:${to}`),
      followed_by: this.follows.has(`${to}:${from}`),
      blocking: this.blocks.has(`${from}:${to}`),
    };
  }

  /** Whether an author's posts belong to a reader's home. */
  inHome(reader: string, author: string): boolean {
    return reader === author || this.follows.has(`${reader}:${author}`);
  }

  maySee(reader: string | undefined, post: Post): boolean {
    if (reader && this.blocks.has(`${reader}:${post.author.id}`)) return false;
    if (post.visibility === "public") return true;
    return reader !== undefined && this.inHome(reader, post.author.id);
  }

  feed(
    reader: string | undefined,
    matches: (post: Post) => boolean,
    cursor: string,
    limit: number,
  ) {
    const all = [...this.posts.values()]
      .filter((post) => this.maySee(reader, post) && matches(post))
      .sort((a, b) => Number(b.created_position) - Number(a.created_position));
    const from = cursor ? all.findIndex((post) => post.id === cursor) + 1 : 0;
    const items = all.slice(from, from + limit).map((post) => this.shownTo(reader, post));
    const last = items.at(-1);
    const hasMore = from + limit < all.length;
    return { items, next_cursor: hasMore && last ? last.id : null, position: this.position };
  }

  shownTo(reader: string | undefined, post: Post): Post {
    return { ...post, liked: this.likes.has(`${post.id}:${reader}`) };
  }

  /** What somebody has not published: what forms, is finished or failed, the newest first. */
  unpublished(owner: string): Job[] {
    const forming = new Set<string>(["queued", "running"]);
    return [...this.jobs.values()]
      .filter((job) => job.owner === owner && !job.post_id)
      .filter((job) => forming.has(job.state) || job.picture || job.failure)
      .reverse();
  }

  addJob(owner: string, id: string, request: JobRequest): Job {
    const { prompt, negative_prompt = "", width = 768, height = 512, style = "" } = request;
    const job = {
      id,
      owner,
      prompt,
      negative_prompt,
      model: request.model ?? "collage",
      guidance: request.guidance ?? 0,
      width,
      height,
      steps: request.steps ?? 12,
      seed: request.seed ?? Math.floor(Math.random() * 1e6),
      style,
      state: "queued" as const,
      attempt: 0,
      picture: null,
      failure: null,
      created_at: now(),
      ended_at: null,
      compute_seconds: 0,
      kept_until: null,
      post_id: null,
    };
    this.jobs.set(id, job);
    return job;
  }
}

function now(): string {
  return new Date().toISOString();
}

/** About what the service finds. */
function tagsOf(caption: string): Tag[] {
  return [...caption.matchAll(/#([\p{L}\p{M}\p{N}_]+)/gu)].map(({ 0: text, 1: name, index }) => {
    const start = [...caption.slice(0, index)].length;
    return { name: String(name).toLowerCase(), start, end: start + [...text].length };
  });
}
