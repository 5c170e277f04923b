import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import type { Place } from "../router";
import { nameOf } from "../state/people";
import { postSignal } from "../state/posts";

/** Names the place in the title, and begins reading it from its top. */
export function useRoomChange(here: Place): void {
  const isFirst = useRef(true);
  const title = titleOf(here);
  useEffect(() => {
    document.title = title ? `${title} · Kanvas` : "Kanvas";
  }, [title]);
  // With the room, not after it: what is typed at once, into the new room, stays there.
  useLayoutEffect(() => {
    if (!isFirst.current) document.getElementById("main")?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [here]);
}

function titleOf(here: Place): string {
  switch (here.room) {
    case "explore":
      return t("explore.title");
    case "profile":
      return `@${here.handle}`;
    case "post": {
      const post = postSignal(here.id).value;
      return post ? t("post.by", { name: nameOf(post.author) }) : "";
    }
    case "tag":
      return `#${here.name}`;
    case "signUp":
      return t("signUp.title");
    case "signIn":
      return t("nav.signIn");
    case "settings":
      return t("settings.title");
    default:
      return "";
  }
}
