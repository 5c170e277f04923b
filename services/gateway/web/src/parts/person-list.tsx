import { useEffect, useState } from "preact/hooks";
import * as kanvas from "../api/kanvas";
import type { Account, AccountView } from "../api/types";
import { problemSentence } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { profilePath } from "../router";
import { globalFeed } from "../state/feeds";
import { isHidden, learnNames } from "../state/people";
import { signedIn } from "../state/session";
import { toastFailure } from "../state/toasts";
import { Avatar } from "./avatar";
import { FollowDoor } from "./follow-button";
import { Icon } from "./icon";
import { Notice } from "./notice";
import { TryAgain } from "./try-again";
import { Name } from "./words";

interface Props {
  view: AccountView;
  list: "followers" | "following";
}

const PAGE = 50;
const SKELETONS = [1, 2, 3];

/** Who follows somebody, or whom they follow, page by page. */
export function PersonList({ view: { account }, list }: Props) {
  const [people, setPeople] = useState<readonly Account[]>([]);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const [isComplete, setComplete] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const load = async (from: string | undefined) => {
    setFailure(undefined);
    try {
      const paged = { cursor: from, limit: PAGE };
      const page = await (list === "followers"
        ? kanvas.followers(account.id, paged)
        : kanvas.following(account.id, paged));
      page.accounts.forEach(learnNames);
      setPeople((before) => (from === undefined ? page.accounts : [...before, ...page.accounts]));
      setCursor(page.next_cursor ?? undefined);
      setComplete(!page.next_cursor);
    } catch (problem) {
      if (from === undefined) setFailure(problem);
      else toastFailure(problem);
    }
  };
  useEffect(() => void load(undefined), [account.id, list]);
  // Its stream tells of new names and blocks, whoever of the people here they are about.
  useEffect(() => void globalFeed.value.open(), []);
  return (
    <div class="room room--text">
      <header class="room-head room-head--below">
        <a class="button button--quiet back" href={profilePath(account.handle)}>
          <Icon name="back" size={20} />@{account.handle}
        </a>
        <h1>{t(`profile.${list}.title`)}</h1>
      </header>
      {failure !== undefined && (
        <Notice title={problemSentence(failure)}>
          <TryAgain failure={failure} load={() => load(undefined)} />
        </Notice>
      )}
      {failure === undefined && !isComplete && people.length === 0 && <PeopleSkeleton />}
      {isComplete && people.length === 0 && <p class="soft">{t(`profile.${list}.empty`)}</p>}
      {people.length > 0 && (
        <ul class="person-list">
          {people
            .filter(({ id }) => !isHidden(id))
            .map((person) => (
              <li key={person.id} class="person-row">
                <a class="person" href={profilePath(person.handle)}>
                  <Avatar of={person} size="medium" />
                  <span>
                    <Name of={person} class="person-name" />
                    <span class="person-handle">@{person.handle}</span>
                  </span>
                </a>
                {!signedIn.value && <FollowDoor who={person} isSmall />}
              </li>
            ))}
        </ul>
      )}
      {cursor !== undefined && (
        <div class="gallery-end">
          <button type="button" class="button" onClick={() => void load(cursor)}>
            {t("feed.more.failed")}
          </button>
        </div>
      )}
    </div>
  );
}

function PeopleSkeleton() {
  return (
    <div class="person-list" role="status">
      <span class="hidden">{t("people.loading")}</span>
      {SKELETONS.map((key) => (
        <span key={key} class="skeleton-row">
          <span class="avatar avatar--medium skeleton" />
          <span class="skeleton skeleton--name" />
        </span>
      ))}
    </div>
  );
}
