/**
 * The JSON of the gateway's REST interface, by the names that the page has for it. `schema.ts` is
 * generated from the gateway's own description: `make api` writes it.
 */
import type { Job, Post, Problem } from "./schema";

export type {
  Account,
  AccountDeletion,
  AccountPage,
  AccountTurned,
  AccountView,
  Applied,
  Author,
  CanceledJob,
  Config as PublicConfig,
  CurrentSession,
  Export,
  Failure as JobFailure,
  FeedPage,
  Job,
  JobPage,
  Likes,
  Model,
  Models,
  NewJob as JobRequest,
  NewPost as PostRequest,
  OwnExport,
  PasswordChange,
  Picture,
  Post,
  PostView,
  ProfileChange,
  ProfileChanged,
  Provenance,
  QueuedJob,
  Reason,
  Relationship,
  Removed,
  Session,
  Sessions,
  SessionsEnded,
  SignedIn,
  SignedUp,
  SignIn as SignInRequest,
  SignUp as SignUpRequest,
  Tag,
  Uses,
  Violation,
} from "./schema";

/** A place in the order of a log; opaque, to be handed back as it came. */
export type Position = Post["created_position"];
export type Visibility = Post["visibility"];
export type JobState = Job["state"];

/** What answers a failed request. A proxy may have written it, so nothing but these is sure. */
export type ProblemDetails = Pick<Problem, "title" | "status"> & Partial<Problem>;
