import { t } from "../i18n/translate";
import { Gallery } from "../parts/gallery";
import { Notice } from "../parts/notice";
import { PeopleToFollow } from "../parts/people-to-follow";
import { globalFeed } from "../state/feeds";

/** Public pictures by everyone, as they come. */
export function Explore() {
  return (
    <div class="room">
      <header class="room-head">
        <h1>{t("explore.title")}</h1>
      </header>
      <PeopleToFollow />
      <Gallery feed={globalFeed.value} empty={<ExploreEmpty />} />
    </div>
  );
}

export function ExploreEmpty() {
  return <Notice title={t("explore.empty.title")} text={t("explore.empty.text")} />;
}
