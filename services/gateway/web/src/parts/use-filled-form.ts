import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { type FieldName, refusalOf } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { useRefusedForm } from "./use-refused-form";

export type SubmitEvent = TargetedSubmitEvent<HTMLFormElement>;

/**
 * What forms with fields that must not be empty share: sending, and what went wrong.
 *
 * @param fields Those that the form shows.
 * @param required What stands in those that must not be empty: without it nothing is sent.
 */
export function useFilledForm<Name extends FieldName>(
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
    } catch (problem) {
      setFailure(problem);
    }
    setSending(false);
  };
  return { errors, sentence, isSending, submit, form };
}
