import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Puts the focus into the first field that was refused, so that nobody has to look for it.
 *
 * @param refusal What was refused; another object for each time that the form was handed in.
 * @returns To be set as the form's `ref`.
 */
export function useRefusedForm(refusal: unknown): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusal]);
  return form;
}
