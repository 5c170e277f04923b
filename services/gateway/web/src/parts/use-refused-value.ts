import { useRef } from "preact/hooks";

/**
 * Returns what is wrong with a value as long as the value is the one that was refused: whoever mends
 * it is not told that it is wrong until the form is handed in again. Blanks around it do not count.
 */
export function useRefusedValue(value: string, error: string | undefined): string | undefined {
  const refused = useRef<{ value: string; error: string } | undefined>(undefined);
  if (error !== refused.current?.error) {
    refused.current = error === undefined ? undefined : { value: value.trim(), error };
  }
  return refused.current?.value === value.trim() ? error : undefined;
}
