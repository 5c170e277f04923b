import { Problem } from "../api/failure";
import { t } from "../i18n/translate";
import { Gallery } from "../parts/gallery";
import { Notice } from "../parts/notice";
import { tagFeed } from "../state/feeds";
import { Missing } from "./missing";

/** Public pictures with a tag. */
export function Tag({ name }: { name: string }) {
  const feed = tagFeed(name);
  const failure = feed.failure.value;
  if (feed.phase.value === "failed" && failure instanceof Problem && failure.status === 422) {
    return <Missing />; // no tag is written so
  }
  return (
    <div class="room">
      <header class="room-head">
        <h1>
          <bdi>#{name}</bdi>
        </h1>
      </header>
      <Gallery feed={feed} empty={<TagEmpty name={name} />} />
    </div>
  );
}

function TagEmpty({ name }: { name: string }) {
  return <Notice title={t("tag.empty.title", { name })} text={t("tag.empty.text", { name })} />;
}
