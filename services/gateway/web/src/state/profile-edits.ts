import { signal } from "@preact/signals";
import { keepDraft, recallDraft } from "./drafts";

/** What somebody has typed about themselves and not saved; a field that they left alone is absent. */
export interface ProfileEdits {
  name?: string;
  bio?: string;
  /** The version of the profile that they saw, and which these are to replace; absent without any. */
  seen?: number;
}

/** Under which they are kept on this device. */
const DRAFT = "profile";

/** Of whose turn it is: a page that is loaded again, or a look elsewhere, loses nothing. */
export const profileEdits = signal<ProfileEdits>({});

/** Lays out what whoever's turn it is has typed on this device. */
export function layOutProfileEdits(): void {
  const { name, bio, seen } = recallDraft(DRAFT);
  profileEdits.value = {
    ...(typeof name === "string" && { name }),
    ...(typeof bio === "string" && { bio }),
    ...(typeof seen === "number" && { seen }),
  };
}

/** Takes in what is typed into a field, before the eyes of whoever sees this version. */
export function editProfile(changes: { name: string } | { bio: string }, seen: number): void {
  change({ seen, ...profileEdits.value, ...changes });
}

/** Their author has been told what stands there now, and may replace that. */
export function noteSeen(seen: number): void {
  if (profileEdits.value.seen !== undefined) change({ ...profileEdits.value, seen });
}

function change(edits: ProfileEdits): void {
  profileEdits.value = edits;
  keepDraft(DRAFT, edits);
}

/** They are saved, or their author does without them. */
export function dropProfileEdits(): void {
  profileEdits.value = {};
  keepDraft(DRAFT, undefined);
}
