import { effect, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { AccountView } from "../api/types";
import { t } from "../i18n/translate";
import { profilePath } from "../router";
import { globalFeed } from "../state/feeds";
import { isHidden, loadPerson, person, relationshipOf } from "../state/people";
import { postSignal } from "../state/posts";
import { account } from "../state/session";
import { Avatar } from "./avatar";
import { FollowButton } from "./follow-button";
import { Name } from "./words";

const MOST = 6;
const SKELETONS = [1, 2, 3, 4];

/** Those who have painted lately and whom the reader does not follow. */
export function PeopleToFollow() {
  const suggestions = useMemo(() => signal<readonly string[] | undefined>(undefined), []);
  useEffect(() => {
    const feed = globalFeed.value;
    void feed.open();
    // Chosen once: somebody just followed must not vanish from under the pointer.
    return effect(() => {
      if (feed.phase.value !== "ready" || suggestions.peek()) return;
      void choose(feed.shown.value).then((handles) => {
        suggestions.value = handles;
      });
    });
  }, []);
  const handles = suggestions.value;
  const cannotCome = !handles && globalFeed.value.phase.value === "failed";
  if (cannotCome || handles?.length === 0) return null;
  return (
    <section>
      <h2 class="people-head">{t("explore.people")}</h2>
      <ul class="people">
        {handles
          ? handles.map((handle) => <PersonCard key={handle} handle={handle} />)
          : SKELETONS.map((key) => <li key={key} class="skeleton skeleton--person" />)}
      </ul>
    </section>
  );
}

async function choose(ids: readonly string[]): Promise<readonly string[]> {
  const authors = ids.flatMap((id) => postSignal(id).peek()?.author ?? []);
  const handles = [...new Set(authors.map(({ handle }) => handle))]
    .filter((handle) => handle !== account.peek()?.handle)
    .slice(0, MOST);
  await Promise.all(handles.map(loadPerson));
  return handles.filter((handle) => {
    const view = viewOf(handle);
    return view && !relationshipOf(view).following && !relationshipOf(view).blocking;
  });
}

function viewOf(handle: string): AccountView | undefined {
  const known = person(handle).value;
  return known.phase === "ready" ? known.view : undefined;
}

function PersonCard({ handle }: { handle: string }) {
  const view = viewOf(handle);
  if (!view || isHidden(view.account.id)) return null;
  return (
    <li class="person-card">
      <Avatar of={view.account} size="medium" />
      <a href={profilePath(handle)}>
        <Name of={view.account} class="person-name" />
        <span class="person-handle">@{handle}</span>
      </a>
      <FollowButton view={view} isSmall />
    </li>
  );
}
