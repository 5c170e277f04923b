import type { Post } from "../api/types";
import { number, t } from "../i18n/translate";
import { doorPath, navigate } from "../router";
import { toggleLike } from "../state/posts";
import { signedIn } from "../state/session";
import { Icon } from "./icon";

export function LikeButton({ post }: { post: Post }) {
  const like = () => (signedIn.value ? void toggleLike(post.id) : navigate(doorPath("signup")));
  const label = t(post.liked ? "post.unlike" : "post.like");
  return (
    <button
      type="button"
      class="like"
      aria-pressed={post.liked}
      aria-label={`${label} (${t("post.likes", { n: post.like_count })})`}
      title={label}
      onClick={like}
    >
      <Icon name="heart" size={19} filled={post.liked} />
      {post.like_count > 0 && <span>{number(post.like_count)}</span>}
    </button>
  );
}
