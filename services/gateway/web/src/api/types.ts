/** JSON of the gateway's REST interface, as docs/api and /openapi.json describe it. */

/** A place in the order of `kanvas.feed.v1`; opaque, to be handed back as it came. */
export type Position = string;

export interface Author {
  id: string;
  handle: string;
  display_name: string;
}

export interface Account extends Author {
  bio: string;
  created_at: string;
  version: number;
}

/** How the caller stands to an account. */
export interface Relationship {
  following: boolean;
  followed_by: boolean;
  blocking: boolean;
}

export interface AccountView {
  account: Account;
  following_count: number;
  follower_count: number;
  /** Absent for oneself and for people who are not signed in. */
  relationship?: Relationship | null;
  /** One of the two blocks the other: there are handle and name, and no counts. */
  hidden: boolean;
  position: Position;
}

export interface AccountPage {
  accounts: Account[];
  next_cursor?: string | null;
  position: Position;
}

/** How a picture was made. */
export interface Provenance {
  model: string;
  model_version: string;
  seed: number;
  /** One honest sentence on how the model makes pictures. */
  statement: string;
  /** False for the composer, which arranges drawings. */
  generative: boolean;
  /** Words that the model did not know and what it drew instead, each as `asked → drawn`. */
  substitutions: string[];
}

export interface Picture {
  url: string;
  width: number;
  height: number;
  media_type: string;
  /** Mean colour as `#rrggbb`. */
  placeholder: string;
  provenance: Provenance;
}

export type Visibility = "public" | "followers";

/** What a post may be used for besides being shown. */
export interface Uses {
  train: boolean;
  embed: boolean;
  recommend: boolean;
}

/** A tag in a caption, with its `#`: from `start` to `end`, in code points. */
export interface Tag {
  name: string;
  start: number;
  end: number;
}

export interface Post {
  id: string;
  author: Author;
  caption: string;
  tags: Tag[];
  alt_text: string;
  prompt: string;
  visibility: Visibility;
  uses: Uses;
  picture: Picture;
  created_at: string;
  created_position: Position;
  like_count: number;
  liked: boolean;
}

export interface FeedPage {
  items: Post[];
  next_cursor?: string | null;
  /** What the answering instance had applied: subscribe from here. */
  position: Position;
}

export interface Model {
  name: string;
  version: string;
  statement: string;
  generative: boolean;
  styles: string[];
  /** Each as `WIDTHxHEIGHT`, the default one first. */
  sizes: string[];
  default_steps: number;
  /** 0 for a model that has no guidance. */
  default_guidance: number;
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "canceled";

export interface JobFailure {
  reason: string;
  message: string;
}

export interface Job {
  id: string;
  prompt: string;
  negative_prompt: string;
  model: string;
  width: number;
  height: number;
  steps: number;
  seed: number;
  style: string;
  guidance: number;
  state: JobState;
  attempt: number;
  picture?: Picture | null;
  failure?: JobFailure | null;
  created_at: string;
  ended_at?: string | null;
  compute_seconds: number;
}

/** What to paint; what is left out is the model's default. */
export interface JobRequest {
  prompt: string;
  negative_prompt?: string;
  model?: string;
  width?: number;
  height?: number;
  steps?: number;
  seed?: number;
  style?: string;
  guidance?: number;
}

export interface PostRequest {
  id: string;
  job_id: string;
  caption: string;
  alt_text: string;
  visibility: Visibility;
  uses: Uses;
}

export interface SignUpRequest {
  id: string;
  handle: string;
  password: string;
  display_name?: string;
}

export interface ProfileChange {
  display_name?: string;
  bio?: string;
  /** Refused when the account has been changed since this version. */
  expected_version?: number;
}

export interface CurrentSession {
  account: Account;
  /** For the socket's `authenticate` frame; short-lived. */
  stream_token: string;
  stream_url: string;
}

export interface PublicConfig {
  stream_url: string;
  version: string;
}

export interface Violation {
  field: string;
  message: string;
}

/** RFC 9457 problem details, as the gateway sends them. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail?: string;
  reason?: string;
  violations?: Violation[];
  trace_id?: string;
}
