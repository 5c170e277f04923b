import { useEffect, useRef } from "preact/hooks";

/**
 * Gives the focus to what follows, where what had it has vanished: the keyboard goes on there.
 *
 * @param state Changes when something that may have had the focus is replaced.
 * @param next Finds what follows; undefined where nothing does.
 */
export function useKeptFocus(state: unknown, next: () => HTMLElement | null | undefined): void {
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) return;
    before.current = state;
    if (document.activeElement === document.body) next()?.focus({ preventScroll: true });
  }, [state]);
}
