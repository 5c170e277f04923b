import { t } from "../i18n/translate";
import { postPath, profilePath } from "../router";
import { nameOf } from "../state/people";
import { postSignal } from "../state/posts";
import { Avatar } from "./avatar";
import { Caption } from "./caption";
import { type PlacedCard, placeStyle } from "./gallery-layout";
import { Icon } from "./icon";
import { LikeButton } from "./like-button";
import { Picture } from "./picture";
import { TimeAgo } from "./time-ago";
import { Name } from "./words";

interface Props {
  place: PlacedCard;
  index: number;
  /** How many there are in the feed; -1 where nobody knows. */
  count: number;
  isFolding: boolean;
  isFresh: boolean;
}

/** One post in a gallery. */
export function PostCard({ place, index, count, isFolding, isFresh }: Props) {
  const post = postSignal(place.id).value;
  if (!post) return null;
  const { id, author, alt_text, picture, visibility, created_at } = post;
  const state = `${isFolding ? " card--folding" : ""}${isFresh ? " card--fresh" : ""}`;
  return (
    <article
      class={`card${state}`}
      data-post={id}
      aria-posinset={index + 1}
      aria-setsize={count}
      aria-label={t("post.by", { name: nameOf(author) })}
      style={placeStyle(place)}
    >
      <a class="card-picture" href={postPath(id)}>
        <Picture picture={picture} alt={alt_text} />
      </a>
      <div class="card-foot">
        <a class="card-author" href={profilePath(author.handle)}>
          <Avatar of={author} />
          <Name of={author} class="card-name" />
        </a>
        {visibility === "followers" && (
          <span class="card-lock" title={t("post.forFollowers")}>
            <Icon name="lock" size={16} />
            <span class="hidden">{t("post.forFollowers")}</span>
          </span>
        )}
        <span class="card-time">
          <TimeAgo at={created_at} />
        </span>
        <LikeButton post={post} />
      </div>
      <Caption post={post} class="card-caption" />
      {isFolding && <p class="card-removed">{t("post.removed")}</p>}
    </article>
  );
}
