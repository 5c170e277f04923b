import { computed, signal } from "@preact/signals";

const open = signal<readonly symbol[]>([]);

/** The modal dialog that lies on top, if any: of what is outside of it nothing can be pressed. */
export const topDialog = computed(() => open.value.at(-1));

/** Notes that a dialog has opened; the result notes that it is closed. */
export function noteOpen(dialog: symbol): () => void {
  open.value = [...open.value, dialog];
  return () => {
    open.value = open.value.filter((other) => other !== dialog);
  };
}
