import type { Post } from "../api/types";
import { tagPath } from "../router";
import { captionPieces } from "./caption-pieces";
import { Words } from "./words";

/** What somebody wrote under a picture; its tags lead to what else has them. */
export function Caption({ post, class: name }: { post: Post; class: string }) {
  if (!post.caption) return null;
  return (
    <Words class={name}>
      {captionPieces(post).map(({ text, tag }) =>
        tag === undefined ? (
          text
        ) : (
          <a class="caption-tag" href={tagPath(tag)}>
            {text}
          </a>
        ),
      )}
    </Words>
  );
}
