import type { Uses, Visibility } from "../api/types";
import { keepDraft, recallDraft } from "./drafts";

/** What is written and chosen for a post before it is published. */
export interface PostDraft {
  caption: string;
  altText: string;
  visibility: Visibility;
  uses: Uses;
}

/** What was begun for a picture, or what one begins from: the description is filled in. */
export function recallPostDraft(jobId: string, altText: string): PostDraft {
  const kept = recallDraft(nameOf(jobId));
  const uses = (kept.uses ?? {}) as Partial<Record<keyof Uses, unknown>>;
  return {
    caption: typeof kept.caption === "string" ? kept.caption : "",
    altText: typeof kept.altText === "string" ? kept.altText : altText,
    visibility: kept.visibility === "followers" ? "followers" : "public",
    uses: {
      train: uses.train === true,
      embed: uses.embed === true,
      recommend: uses.recommend === true,
    },
  };
}

/** Keeps what was begun for a picture, or with undefined forgets it. */
export function keepPostDraft(jobId: string, draft: PostDraft | undefined): void {
  keepDraft(nameOf(jobId), draft);
}

const nameOf = (jobId: string) => `post.${jobId}`;
