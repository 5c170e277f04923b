import type { FieldName } from "../i18n/problem-sentence";
import { navigate, safeNext } from "../router";
import { handedIn } from "../state/prompt";
import { paint } from "../state/studio";
import { openStudio } from "./studio";
import { useFilledForm } from "./use-filled-form";

/** What signing up and signing in share: a form, and going on afterwards. See `useFilledForm`. */
export function useAccountForm<Name extends FieldName>(
  fields: readonly Name[],
  required: Partial<Record<Name, string>>,
  send: () => Promise<void>,
) {
  return useFilledForm(fields, required, async () => {
    await send();
    navigate(safeNext(new URLSearchParams(location.search).get("next")), { replace: true });
    if (!handedIn.value) return;
    void paint();
    openStudio();
  });
}
