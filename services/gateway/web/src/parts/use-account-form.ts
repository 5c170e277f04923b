import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { type FieldName, refusalOf } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { navigate, safeNext } from "../router";
import { handedIn } from "../state/prompt";
import { paint } from "../state/studio";
import { useRefusedForm } from "./use-refused-form";

export type SubmitEvent = TargetedSubmitEvent<HTMLFormElement>;

/**
 * What signing up and signing in share: sending, what went wrong, and going on afterwards.
 *
 * @param fields Those that the form shows.
 * @param required What stands in those that must not be empty: without it nothing is sent.
 */
export function useAccountForm<Name extends FieldName>(
  fields: readonly Name[],
  required: Partial<Record<Name, string>>,
  send: () => Promise<void>,
) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(undefined);
  const [empty, setEmpty] = useState<readonly Name[]>([]);
  const { errors, sentence } = refusalOf(failure, fields);
  for (const field of empty) errors[field] = t("form.empty");
  const form = useRefusedForm(failure ?? empty);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setFailure(undefined);
    const missing = fields.filter((field) => required[field]?.trim() === "");
    setEmpty(missing);
    if (missing.length > 0) return;
    setSending(true);
    try {
      await send();
      navigate(safeNext(new URLSearchParams(location.search).get("next")), { replace: true });
      if (handedIn.value) void paint();
    } catch (problem) {
      setFailure(problem);
      setSending(false);
    }
  };
  return { errors, sentence, isSending, submit, form };
}
