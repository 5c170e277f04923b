import { t } from "../i18n/translate";
import type { LiveFeed } from "../state/live-feed";
import { Icon } from "./icon";
import { showArrived } from "./show-arrived";

/** New posts wait behind it, so that nothing moves under the reader. */
export function NewPostsPill({ feed }: { feed: LiveFeed }) {
  const count = feed.arrived.value.length;
  return (
    <div class="pill-place" role="status">
      {count > 0 && (
        <button type="button" class="pill" onClick={() => showArrived(feed)}>
          <Icon name="up" size={18} />
          {t("feed.new", { n: count })}
        </button>
      )}
    </div>
  );
}
