import { signal } from "@preact/signals";
import { keepDraft, recallDraft } from "./drafts";

/** What somebody has typed about themselves and not saved; a field that they left alone is absent. */
export interface ProfileEdits {
  name?: string;
  bio?: string;
}

/** Under which they are kept on this device. */
const DRAFT = "profile";

/** Of whose turn it is: a page that is loaded again, or a look elsewhere, loses nothing. */
export const profileEdits = signal<ProfileEdits>({});

/** Lays out what whoever's turn it is has typed on this device. */
export function layOutProfileEdits(): void {
  const { name, bio } = recallDraft(DRAFT);
  profileEdits.value = {
    ...(typeof name === "string" && { name }),
    ...(typeof bio === "string" && { bio }),
  };
}

export function editProfile(changes: ProfileEdits): void {
  profileEdits.value = { ...profileEdits.value, ...changes };
  keepDraft(DRAFT, profileEdits.value);
}

/** They are saved, or their author does without them. */
export function dropProfileEdits(): void {
  profileEdits.value = {};
  keepDraft(DRAFT, undefined);
}
