import { request } from "./request";
import type {
  Account,
  AccountDeletion,
  AccountPage,
  AccountTurned,
  AccountView,
  Applied,
  CanceledJob,
  CurrentSession,
  Export,
  FeedPage,
  JobPage,
  JobRequest,
  Likes,
  Models,
  OwnExport,
  PasswordChange,
  Position,
  PostRequest,
  PostView,
  ProfileChange,
  ProfileChanged,
  PublicConfig,
  QueuedJob,
  Removed,
  Session,
  Sessions,
  SessionsEnded,
  SignedIn,
  SignedUp,
  SignUpRequest,
} from "./types";
import { uuid7 } from "./uuid7";
import { lastWritten, noteWritten } from "./written";

interface Written {
  position?: Position | null;
  graph_position?: Position | null;
}

async function write<T extends Written>(answer: Promise<T>): Promise<T> {
  const result = await answer;
  if (result.position) noteWritten("feed", result.position);
  if (result.graph_position) noteWritten("graph", result.graph_position);
  return result;
}

const encode = encodeURIComponent;

interface Paged {
  cursor?: string | undefined;
  limit?: number;
}

interface PagedFeed extends Paged {
  /** Position that the answer must include, where it is newer than this page's latest write. */
  atLeast?: Position | undefined;
}

function feedPage(path: string, { cursor, limit, atLeast }: PagedFeed): Promise<FeedPage> {
  const query = { cursor, limit, at_least: atLeast ?? lastWritten("feed") };
  return request<FeedPage>("GET", path, { query });
}

function accountPage(path: string, { cursor, limit }: Paged): Promise<AccountPage> {
  const query = { cursor, limit, at_least: lastWritten("graph") };
  return request<AccountPage>("GET", path, { query });
}

export const config = () => request<PublicConfig>("GET", "/v1/config");

// Accounts and sessions

const SIGN_UP_ROUNDS = 4;

/** Makes an account and waits until feeds know it; asking again under the same id is harmless. */
export async function signUp(body: SignUpRequest): Promise<void> {
  const key = uuid7();
  for (let round = 0; round < SIGN_UP_ROUNDS; round += 1) {
    const { applied } = await write(
      request<SignedUp>("POST", "/v1/accounts", { body, key, forNobody: true }),
    );
    if (applied) return;
  }
}

export const signIn = (handle: string, password: string) =>
  request<SignedIn>("POST", "/v1/sessions", { body: { handle, password }, forNobody: true });

export const signOut = () => request<void>("DELETE", "/v1/sessions/current", { forNobody: true });

export const currentSession = () =>
  request<CurrentSession>("GET", "/v1/sessions/current", { forNobody: true });

export async function sessions(): Promise<Session[]> {
  return (await request<Sessions>("GET", "/v1/sessions")).sessions;
}

export const endSession = (id: string) =>
  write(request<SessionsEnded>("DELETE", `/v1/sessions/${encode(id)}`));

export const endOtherSessions = () => write(request<SessionsEnded>("DELETE", "/v1/sessions"));

export const changePassword = (body: PasswordChange) =>
  write(request<SessionsEnded>("PUT", "/v1/accounts/me/password", { body }));

const DELETION = "/v1/accounts/me/deletion";

/** Has the own account deleted: this browser's session is one from here on that can keep it. */
export const deleteAccount = (body: AccountDeletion) =>
  write(request<AccountTurned>("PUT", DELETION, { body }));

/** Takes the deletion of the own account back. */
export const keepAccount = () => write(request<AccountTurned>("DELETE", DELETION));

export const accountByHandle = (handle: string) =>
  request<AccountView>("GET", `/v1/handles/${encode(handle)}`, {
    query: { at_least: lastWritten("graph") },
  });

export async function updateProfile(changes: ProfileChange): Promise<Account> {
  const answer = request<ProfileChanged>("PATCH", "/v1/accounts/me", {
    body: changes,
  });
  const { account, position } = await answer;
  noteWritten("graph", position);
  return account;
}

export const following = (id: string, paged: Paged) =>
  accountPage(`/v1/accounts/${encode(id)}/following`, paged);

export const followers = (id: string, paged: Paged) =>
  accountPage(`/v1/accounts/${encode(id)}/followers`, paged);

export const setFollow = (id: string, follow: boolean) =>
  write(request<Applied>(follow ? "PUT" : "DELETE", `/v1/accounts/${encode(id)}/follow`));

export const setBlock = (id: string, block: boolean) =>
  write(request<Applied>(block ? "PUT" : "DELETE", `/v1/accounts/${encode(id)}/block`));

// Exports

export async function exportAskedFor(): Promise<Export> {
  return (await request<OwnExport>("GET", "/v1/exports/current")).export;
}

export async function askForExport(): Promise<Export> {
  return (await request<OwnExport>("POST", "/v1/exports")).export;
}

// Painting

export const models = () => request<Models>("GET", "/v1/models");

export const submitJob = (body: JobRequest & { id: string }) =>
  request<QueuedJob>("POST", "/v1/jobs", { body });

export const job = (id: string) => request<QueuedJob>("GET", `/v1/jobs/${encode(id)}`);

export const cancelJob = (id: string) => request<CanceledJob>("DELETE", `/v1/jobs/${encode(id)}`);

export const unpublishedJobs = ({ cursor, limit }: Paged) =>
  request<JobPage>("GET", "/v1/jobs", { query: { cursor, limit } });

export const deletePicture = (id: string) =>
  request<void>("DELETE", `/v1/jobs/${encode(id)}/picture`);

// Posts

export const createPost = (body: PostRequest) =>
  write(request<PostView>("POST", "/v1/posts", { body }));

export const post = (id: string, atLeast?: Position) =>
  request<PostView>("GET", `/v1/posts/${encode(id)}`, {
    query: { at_least: atLeast ?? lastWritten("feed") },
  });

export const deletePost = (id: string) =>
  write(request<Removed>("DELETE", `/v1/posts/${encode(id)}`));

export const setLike = (id: string, like: boolean) =>
  request<Likes>(like ? "PUT" : "DELETE", `/v1/posts/${encode(id)}/like`);

// Feeds

export const homeFeed = (paged: PagedFeed) => feedPage("/v1/feeds/home", paged);

export const globalFeed = (paged: PagedFeed) => feedPage("/v1/feeds/global", paged);

export const accountFeed = (id: string, paged: PagedFeed) =>
  feedPage(`/v1/feeds/accounts/${encode(id)}`, paged);

export const tagFeed = (tag: string, paged: PagedFeed) =>
  feedPage(`/v1/feeds/tags/${encode(tag)}`, paged);
