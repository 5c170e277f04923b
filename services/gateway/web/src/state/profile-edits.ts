import { signal } from "@preact/signals";

/** What somebody has typed about themselves and not saved. */
export interface ProfileEdits {
  accountId: string;
  name: string;
  bio: string;
}

/** It lasts as long as the page: a session that ends, or a look elsewhere, loses nothing. */
export const profileEdits = signal<ProfileEdits | undefined>(undefined);
