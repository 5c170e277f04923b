import type { AccountView, Author } from "../api/types";
import { t } from "../i18n/translate";
import { doorPath } from "../router";
import { nameOf, relationshipOf } from "../state/people";
import { toggleFollow } from "../state/relations";
import { signedIn } from "../state/session";
import { isolated } from "../text/isolated";

interface Props {
  view: AccountView;
  isSmall?: boolean;
}

/** Follows somebody, or does so no longer; leads a visitor to the door. */
export function FollowButton({ view, isSmall = false }: Props) {
  if (!signedIn.value) return <FollowDoor who={view.account} isSmall={isSmall} />;
  const { following } = relationshipOf(view);
  return (
    <button
      type="button"
      class={`button${following ? "" : " button--ink"}${isSmall ? " button--small" : ""}`}
      aria-pressed={following}
      aria-label={labelOf(view.account)}
      title={following ? t("profile.unfollow") : undefined}
      onClick={() => void toggleFollow(view)}
    >
      {t(following ? "profile.following" : "profile.follow")}
    </button>
  );
}

/** For visitors, who have to sign up or in before they follow somebody, and come back then. */
export function FollowDoor({ who, isSmall = false }: { who: Author; isSmall?: boolean }) {
  return (
    <a
      class={`button button--ink${isSmall ? " button--small" : ""}`}
      aria-label={labelOf(who)}
      href={doorPath("signup")}
    >
      {t("profile.follow")}
    </a>
  );
}

function labelOf(who: Author): string {
  return `${t("profile.follow")}: ${isolated(nameOf(who))}`;
}
