import "@fontsource-variable/instrument-sans/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/gallery.css";
import "./styles/studio.css";
import "./styles/forms.css";
import "./styles/rooms.css";
import { render } from "preact";
import { App } from "./app";
import { startRouter } from "./router";
import { startConnection, stream } from "./state/connection";
import { resetFeeds } from "./state/feeds";
import { forgetPeople } from "./state/people";
import { applyPreferences } from "./state/preferences";
import { account, loadSession, whenSessionChanges } from "./state/session";
import { clearStudio, keepStudio, restoreStudio } from "./state/studio";
import { toastFailure } from "./state/toasts";

applyPreferences();
startRouter();
whenSessionChanges(({ isSamePerson }) => {
  if (!isSamePerson) clearStudio();
  forgetPeople();
  resetFeeds();
  stream.restart();
});
render(<App />, document.getElementById("app") as HTMLElement);

try {
  await loadSession();
} catch (failure) {
  // Nobody knows who this is: what is public can still be looked at.
  account.value = null;
  toastFailure(failure);
}
startConnection();
await restoreStudio();
keepStudio();
