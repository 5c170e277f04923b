import { t } from "../i18n/translate";
import { isPhone } from "../state/screen";
import { signedIn } from "../state/session";
import {
  current,
  easelOpen,
  makeSmall,
  publishing,
  restoreStudio,
  sheetOpen,
  shelfFailure,
} from "../state/studio";
import { Dialog } from "./dialog";
import { Easel } from "./easel";
import { Icon } from "./icon";
import { focusPrompt, PromptBox } from "./prompt-box";
import { TryAgain } from "./try-again";
import { useKeptFocus } from "./use-kept-focus";

/** Goes to where one paints. */
export function openStudio(): void {
  if (current.value) easelOpen.value = true;
  if (isPhone.value) sheetOpen.value = true;
  else focusPrompt();
}

/** Where pictures are made: docked at the bottom of a desk, a bottom sheet on a phone. */
export function Studio() {
  const isOpen = easelOpen.value && current.value !== undefined;
  useKeptFocus(isOpen, () => document.getElementById("main"));
  if (isPhone.value) return sheetOpen.value ? <Sheet /> : null;
  return (
    <section class={isOpen ? "dock dock--open" : "dock"} aria-label={t("paint.sheet")}>
      {isOpen && <Easel />}
      <ShelfMissing />
      <PromptBox />
    </section>
  );
}

/** Says that the account's unpublished work could not be fetched, and fetches it when asked. */
function ShelfMissing() {
  const failure = shelfFailure.value;
  if (failure === undefined || !signedIn.value) return null;
  return (
    <div class="shelf-missing" role="alert">
      <p>{t("paint.unpublished.failed")}</p>
      <TryAgain failure={failure} load={restoreStudio} />
    </div>
  );
}

function Sheet() {
  // One thing to decide at a time: what is written next can wait until this one hangs.
  const isPublishing =
    easelOpen.value && publishing.value && current.value?.job?.state === "succeeded";
  return (
    <Dialog kind="sheet" label={t("paint.sheet")} onClose={makeSmall}>
      <div class="sheet-head">
        <h2>{t("paint.sheet")}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t("action.close")}
          onClick={makeSmall}
        >
          <Icon name="close" />
        </button>
      </div>
      {easelOpen.value && <Easel />}
      <ShelfMissing />
      {!isPublishing && <PromptBox autofocus={!current.value} />}
    </Dialog>
  );
}
