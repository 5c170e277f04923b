import { request } from "./request";
import type {
  Account,
  AccountPage,
  AccountView,
  CurrentSession,
  FeedPage,
  Job,
  JobRequest,
  Model,
  Position,
  Post,
  PostRequest,
  PublicConfig,
  SignUpRequest,
} from "./types";

/**
 * Position of this page's latest write. Reads ask for an answer that includes it (`at_least`), so
 * that whichever instance answers, people see what they have just done.
 */
let latestWrite: Position | undefined;

async function write<T extends { position?: Position | null }>(answer: Promise<T>): Promise<T> {
  const result = await answer;
  if (result.position) latestWrite = result.position;
  return result;
}

const encode = encodeURIComponent;

interface Paged {
  cursor?: string | undefined;
  limit?: number;
  /** Position that the answer must include, where it is newer than this page's latest write. */
  atLeast?: Position | undefined;
}

function page<T>(path: string, { cursor, limit, atLeast }: Paged): Promise<T> {
  return request<T>("GET", path, {
    query: { cursor, limit, at_least: atLeast ?? latestWrite },
  });
}

export const config = () => request<PublicConfig>("GET", "/v1/config");

// Accounts and sessions

export const signUp = (body: SignUpRequest) =>
  write(request<{ account: Account; position?: Position }>("POST", "/v1/accounts", { body }));

export const signIn = (handle: string, password: string) =>
  request<{ account: Account }>("POST", "/v1/sessions", { body: { handle, password } });

export const signOut = () => request<void>("DELETE", "/v1/sessions/current");

export const currentSession = () => request<CurrentSession>("GET", "/v1/sessions/current");

export const accountByHandle = (handle: string) =>
  request<AccountView>("GET", `/v1/handles/${encode(handle)}`);

export const updateProfile = (changes: {
  display_name?: string;
  bio?: string;
  expected_version?: number;
}) => request<{ account: Account }>("PATCH", "/v1/accounts/me", { body: changes });

export const following = (id: string, paged: Paged) =>
  page<AccountPage>(`/v1/accounts/${encode(id)}/following`, paged);

export const followers = (id: string, paged: Paged) =>
  page<AccountPage>(`/v1/accounts/${encode(id)}/followers`, paged);

type Applied = { applied: boolean; position?: Position };

export const setFollow = (id: string, follow: boolean) =>
  write(request<Applied>(follow ? "PUT" : "DELETE", `/v1/accounts/${encode(id)}/follow`));

export const setBlock = (id: string, block: boolean) =>
  write(request<Applied>(block ? "PUT" : "DELETE", `/v1/accounts/${encode(id)}/block`));

// Painting

export const models = () => request<{ models: Model[] }>("GET", "/v1/models");

export const submitJob = (body: JobRequest & { id: string }) =>
  request<{ job: Job; queue_position: number }>("POST", "/v1/jobs", { body });

export const job = (id: string) =>
  request<{ job: Job; queue_position?: number }>("GET", `/v1/jobs/${encode(id)}`);

export const cancelJob = (id: string) =>
  request<{ job: Job }>("DELETE", `/v1/jobs/${encode(id)}`);

// Posts

export const createPost = (body: PostRequest) =>
  write(request<{ post: Post; position: Position }>("POST", "/v1/posts", { body }));

export const post = (id: string, signal?: AbortSignal) =>
  request<{ post: Post; position: Position }>("GET", `/v1/posts/${encode(id)}`, {
    query: { at_least: latestWrite },
    ...(signal && { signal }),
  });

export const deletePost = (id: string) =>
  write(request<{ position: Position }>("DELETE", `/v1/posts/${encode(id)}`));

export const setLike = (id: string, like: boolean) =>
  request<{ like_count: number }>(like ? "PUT" : "DELETE", `/v1/posts/${encode(id)}/like`);

// Feeds

export const homeFeed = (paged: Paged) => page<FeedPage>("/v1/feeds/home", paged);

export const globalFeed = (paged: Paged) => page<FeedPage>("/v1/feeds/global", paged);

export const accountFeed = (id: string, paged: Paged) =>
  page<FeedPage>(`/v1/feeds/accounts/${encode(id)}`, paged);
