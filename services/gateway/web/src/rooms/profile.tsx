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
import { PersonList } from "../parts/person-list";
import { openStudio } from "../parts/studio";
import { profilePath } from "../router";
import { profileFeed } from "../state/feeds";
import { loadPerson, person, relationshipOf, toggleBlock } from "../state/people";
import { account } from "../state/session";
import { isKept, paintings } from "../state/studio";

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
  const { view } = known;
  if (list && !view.hidden) return <PersonList view={view} list={list} />;
  return (
    <div class="room">
      <ProfileHead view={view} />
      <Wall view={view} />
    </div>
  );
}

function ProfileHead({ view }: { view: AccountView }) {
  const { account: shown, follower_count, following_count } = view;
  const path = profilePath(shown.handle);
  return (
    <header class="profile">
      <Avatar of={shown} size="large" />
      <div class="profile-names">
        <h1 dir="auto">{shown.display_name || shown.handle}</h1>
        <p class="profile-handle">
          @{shown.handle}
          {relationshipOf(view).followed_by && <span class="tag">{t("profile.followsYou")}</span>}
        </p>
        {shown.bio && (
          <p class="profile-bio written" dir="auto">
            {shown.bio}
          </p>
        )}
        <p class="profile-counts">
          {!view.hidden && (
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
  const name = shown.display_name || shown.handle;
  const { blocking } = relationshipOf(view);
  if (account.value?.id === shown.id) {
    return (
      <div class="profile-actions">
        {paintings.value.some(isKept) && (
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
      {!blocking && !view.hidden && <FollowButton view={view} />}
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

function Wall({ view }: { view: AccountView }) {
  const { id, display_name, handle } = view.account;
  const name = display_name || handle;
  if (relationshipOf(view).blocking) return <Notice title={t("profile.blocked", { name })} />;
  if (view.hidden) return <Notice title={t("profile.hidden", { name })} />;
  const isOwn = account.value?.id === id;
  const title = isOwn ? t("profile.empty.own") : t("profile.empty", { name });
  return <Gallery key={id} feed={profileFeed(id)} empty={<Notice title={title} />} />;
}

function Missing({ handle, failure }: { handle: string; failure: unknown }) {
  const isUnknown = failure instanceof Problem && failure.status === 404;
  if (isUnknown) {
    return <Notice title={t("profile.missing.title")} text={t("profile.missing.text")} isRoom />;
  }
  return (
    <Notice title={problemSentence(failure)} isRoom>
      <button type="button" class="button" onClick={() => void loadPerson(handle)}>
        {t("action.retry")}
      </button>
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
