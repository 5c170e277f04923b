import "@fontsource-variable/instrument-sans/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/gallery.css";
import "./styles/studio.css";
import "./styles/forms.css";
import "./styles/rooms.css";
import "./styles/print.css";
import { render } from "preact";
import { whenSessionEnds } from "./api/request";
import { App } from "./app";
import { t } from "./i18n/translate";
import { startRouter } from "./router";
import { startConnection, stream } from "./state/connection";
import { forgetOldDrafts } from "./state/drafts";
import { resetFeeds } from "./state/feeds";
import { forgetPeople } from "./state/people";
import { applyPreferences } from "./state/preferences";
import { layOutProfileEdits } from "./state/profile-edits";
import { forgetDraft, layOutDraft } from "./state/prompt";
import {
  account,
  followOtherTab,
  loadSession,
  presumeNobody,
  whenSessionChanges,
} from "./state/session";
import { clearStudio, restoreStudio } from "./state/studio";
import { listenToTabs, type TabNews } from "./state/tabs";
import { clearToasts, toastFailure, toastUntilRead } from "./state/toasts";

applyPreferences();
startRouter();
forgetOldDrafts();
whenSessionChanges(({ isSamePerson, hasLeft }) => {
  clearToasts();
  if (!isSamePerson) clearStudio();
  if (hasLeft) {
    forgetDraft();
    layOutProfileEdits();
  }
  forgetPeople();
  resetFeeds();
  stream.restart();
  if (account.value) {
    layOutDraft(account.value.id);
    layOutProfileEdits();
    void restoreStudio();
  } else if (!hasLeft) toastUntilRead(t("session.ended"));
});
// What found it out says itself what went wrong.
const askWhoIsHere = () => void loadSession().catch(() => undefined);
whenSessionEnds(askWhoIsHere);
// The browser may show the page again as it once was, and somebody has signed out since.
addEventListener("pageshow", ({ persisted }) => persisted && askWhoIsHere());
render(<App />, document.getElementById("app") as HTMLElement);

try {
  await loadSession();
} catch (failure) {
  presumeNobody();
  toastFailure(failure);
}
layOutDraft(account.value?.id);
layOutProfileEdits();
listenToTabs((news) => void hearFromTab(news));
startConnection();
await restoreStudio();

/** Follows what somebody did in another tab, and says so to whoever comes back to this one. */
async function hearFromTab({ hasLeft }: TabNews): Promise<void> {
  const before = account.value;
  try {
    await followOtherTab(hasLeft);
  } catch (failure) {
    toastFailure(failure);
    return;
  }
  const now = account.value;
  if (now?.id === before?.id) return;
  if (now) toastUntilRead(t("session.signedInElsewhere", { handle: now.handle }));
  else toastUntilRead(t("session.signedOutElsewhere"));
}
