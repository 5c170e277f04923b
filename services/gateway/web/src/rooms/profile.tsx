import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/failure";
import type { AccountView } from "../api/types";
import { problemSentence } from "../i18n/problem-sentence";
import { month, t } from "../i18n/translate";
import { Avatar } from "../parts/avatar";
import { Confirm } from "../parts/confirm";
import { FollowButton } from "../parts/follow-button";
import { Gallery } from "../parts/gallery";
import { Notice } from "../parts/notice";
import { PaintSomething } from "../parts/paint-something";
import { PersonList } from "../parts/person-list";
import { openStudio } from "../parts/studio";
import { ToExplore } from "../parts/to-explore";
import { TryAgain } from "../parts/try-again";
import { Name, Words } from "../parts/words";
import { profilePath } from "../router";
import { profileFeed } from "../state/feeds";
import type { LiveFeed } from "../state/live-feed";
import { isHidden, loadPerson, nameOf, person, relationshipOf } from "../state/people";
import { toggleBlock } from "../state/relations";
import { account } from "../state/session";
import { hasFailed, isKept, paintings, shelfFailure } from "../state/studio";

interface Props {
  handle: string;
  list?: "followers" | "following" | undefined;
}

/** Somebody's wall, or one's own. */
export function Profile({ handle, list }: Props) {
  useEffect(() => void loadPerson(handle), [handle]);
  const known = person(handle).value;
  if (known.phase === "failed") return <Missing handle={handle} failure={known.failure} />;
  if (known.phase === "loading") {
    return (
      <div class="room">
        <ProfileSkeleton />
      </div>
    );
  }
  return <Shown view={known.view} list={list} />;
}

function Shown({ view, list }: { view: AccountView; list: Props["list"] }) {
  const feed = profileFeed(view.account.id);
  // Its stream tells of blocks and new names too, where no picture is to be seen as well.
  useEffect(() => {
    void feed.open();
    return feed.show();
  }, [feed]);
  if (list && !isParted(view)) return <PersonList view={view} list={list} />;
  return (
    <div class="room">
      <ProfileHead view={view} />
      <Wall view={view} feed={feed} />
    </div>
  );
}

/** Whether a block stands between the reader and somebody. */
const isParted = (view: AccountView) => view.hidden || isHidden(view.account.id);

function ProfileHead({ view }: { view: AccountView }) {
  const { account: shown, follower_count, following_count } = view;
  const path = profilePath(shown.handle);
  return (
    <header class="profile">
      <Avatar of={shown} size="large" />
      <div class="profile-names">
        <h1>
          <Name of={shown} class="profile-name" />
        </h1>
        <p class="profile-handle">
          @{shown.handle}
          {relationshipOf(view).followed_by && <span class="tag">{t("profile.followsYou")}</span>}
        </p>
        {shown.bio && !isParted(view) && <Words class="profile-bio">{shown.bio}</Words>}
        <p class="profile-counts">
          {!isParted(view) && (
            <>
              <a href={`${path}/followers`}>{t("profile.followers", { n: follower_count })}</a>
              <a href={`${path}/following`}>
                {t("profile.followingCount", { n: following_count })}
              </a>
            </>
          )}
          <span>{t("profile.joined", { date: month(shown.created_at) })}</span>
        </p>
      </div>
      <ProfileActions view={view} />
    </header>
  );
}

function ProfileActions({ view }: { view: AccountView }) {
  const [isAsking, setAsking] = useState(false);
  const { account: shown } = view;
  const name = nameOf(shown);
  const { blocking } = relationshipOf(view);
  if (account.value?.id === shown.id) {
    return (
      <div class="profile-actions">
        {hasShelf() && (
          <button type="button" class="button" onClick={openStudio}>
            {t("profile.unpublished")}
          </button>
        )}
        <a class="button" href="/settings">
          {t("profile.edit")}
        </a>
      </div>
    );
  }
  return (
    <div class="profile-actions">
      {!blocking && !isParted(view) && <FollowButton view={view} />}
      {account.value && (
        <button
          type="button"
          class="button"
          onClick={() => (blocking ? void toggleBlock(view) : setAsking(true))}
        >
          {t(blocking ? "profile.unblock" : "profile.block")}
        </button>
      )}
      {isAsking && (
        <Confirm
          title={t("profile.block.title", { name })}
          text={t("profile.block.text")}
          action={t("profile.block")}
          onConfirm={() => void toggleBlock(view)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** Whether there is unpublished work to go to, or a word on why it is not there. */
function hasShelf(): boolean {
  const waiting = paintings.value.some((painting) => isKept(painting) || hasFailed(painting));
  return waiting || shelfFailure.value !== undefined;
}

function Wall({ view, feed }: { view: AccountView; feed: LiveFeed }) {
  const { id } = view.account;
  const name = nameOf(view.account);
  if (relationshipOf(view).blocking) return <Notice title={t("profile.blocked", { name })} />;
  if (isParted(view)) return <Notice title={t("profile.hidden", { name })} />;
  const isOwn = account.value?.id === id;
  const empty = isOwn ? (
    <Notice title={t("profile.empty.own")}>
      <PaintSomething />
    </Notice>
  ) : (
    <Notice title={t("profile.empty", { name })} />
  );
  return <Gallery key={id} feed={feed} empty={empty} />;
}

function Missing({ handle, failure }: { handle: string; failure: unknown }) {
  const isUnknown = failure instanceof Problem && failure.status === 404;
  if (isUnknown) {
    return (
      <Notice title={t("profile.missing.title")} text={t("profile.missing.text")} isRoom>
        <ToExplore />
      </Notice>
    );
  }
  return (
    <Notice title={problemSentence(failure)} isRoom>
      <TryAgain failure={failure} load={() => loadPerson(handle)} />
    </Notice>
  );
}

function ProfileSkeleton() {
  return (
    <div class="profile" aria-hidden="true">
      <span class="avatar avatar--large skeleton" />
      <div class="profile-names">
        <div class="skeleton skeleton--line" />
        <div class="skeleton skeleton--line" />
      </div>
    </div>
  );
}
