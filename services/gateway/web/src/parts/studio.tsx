import { t } from "../i18n/translate";
import { isPhone } from "../state/screen";
import { current, easelOpen, makeSmall, sheetOpen } from "../state/studio";
import { Dialog } from "./dialog";
import { Easel } from "./easel";
import { Icon } from "./icon";
import { focusPrompt, PromptBox } from "./prompt-box";

/** Opens the place where one paints, and puts the cursor into the prompt box. */
export function openStudio(): void {
  sheetOpen.value = true;
  if (current.value) easelOpen.value = true;
  // The sheet is in the document after this turn.
  queueMicrotask(() => {
    if (!current.value) focusPrompt();
  });
}

/** Where pictures are made: docked at the bottom of a desk, a bottom sheet on a phone. */
export function Studio() {
  if (isPhone.value) return sheetOpen.value ? <Sheet /> : null;
  const isOpen = easelOpen.value && current.value !== undefined;
  return (
    <section class={isOpen ? "dock dock--open" : "dock"} aria-label={t("paint.sheet")}>
      {isOpen && <Easel />}
      <PromptBox />
    </section>
  );
}

function Sheet() {
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
      <PromptBox />
    </Dialog>
  );
}
