import { useState } from "preact/hooks";
import { t } from "../i18n/translate";
import { account } from "../state/session";

/**
 * For somebody who comes to a door and is inside already: as whom, and the way on. The form stays:
 * who wants to change the account may do so.
 */
export function AlreadyIn() {
  // As one came: signing in must not show this for the moment before the next room.
  const [me] = useState(() => account.peek());
  if (!me) return null;
  const { handle } = me;
  return (
    <p class="soft">
      {t("settings.signedInAs", { handle })}.{" "}
      <a class="link" href="/">
        {t("door.toHome", { handle })}
      </a>
    </p>
  );
}
