import type { AccountView } from "../api/types";
import { t } from "../i18n/translate";
import { doorPath, navigate } from "../router";
import { nameOf, relationshipOf } from "../state/people";
import { toggleFollow } from "../state/relations";
import { signedIn } from "../state/session";
import { isolated } from "../text/isolated";

interface Props {
  view: AccountView;
  isSmall?: boolean;
}

export function FollowButton({ view, isSmall = false }: Props) {
  const { following } = relationshipOf(view);
  const name = nameOf(view.account);
  const follow = () => (signedIn.value ? void toggleFollow(view) : navigate(doorPath("signup")));
  return (
    <button
      type="button"
      class={`button${following ? "" : " button--ink"}${isSmall ? " button--small" : ""}`}
      aria-pressed={following}
      aria-label={`${t("profile.follow")}: ${isolated(name)}`}
      title={following ? t("profile.unfollow") : undefined}
      onClick={follow}
    >
      {t(following ? "profile.following" : "profile.follow")}
    </button>
  );
}
