import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { openLayer } from "../router";
import { noteOpen } from "../state/dialogs";
import { Toasts } from "./toasts";

interface Props {
  label: string;
  onClose: () => void;
  children: ComponentChildren;
  /** A sheet comes from the bottom of a phone. */
  kind?: "dialog" | "sheet";
}

/** A modal dialog; shown for as long as it is rendered. Esc, Back and a click beside it close it. */
export function Dialog({ label, onClose, children, kind = "dialog" }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [self] = useState(Symbol);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    const closeLayer = openLayer(() => close.current());
    const noteClosed = noteOpen(self);
    return () => {
      closeLayer();
      noteClosed();
      // The focus goes back to where it was, or is lost with the dialog.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the Escape key closes it, by onCancel.
    <dialog
      ref={dialog}
      class={kind}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      {children}
      <Toasts within={self} />
    </dialog>
  );
}
