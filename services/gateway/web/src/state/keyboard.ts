/** What the gallery on the screen does for the keyboard. */
export interface GalleryKeys {
  move(by: 1 | -1): void;
  like(): void;
  reveal(): void;
}

export interface PageKeys {
  paint(): void;
  help(): void;
}

let gallery: GalleryKeys | undefined;

/** Gives the keyboard to a gallery; the result takes it back. */
export function bindGallery(keys: GalleryKeys): () => void {
  gallery = keys;
  return () => {
    if (gallery === keys) gallery = undefined;
  };
}

/** Listens for single keys, except where one types and while a dialog is open. */
export function startKeyboard(page: PageKeys): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const action = actionOf(event.key, page);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function actionOf(key: string, page: PageKeys): (() => void) | undefined {
  switch (key) {
    case "n":
      return () => page.paint();
    case "?":
      return () => page.help();
    case "j":
      return gallery && (() => gallery?.move(1));
    case "k":
      return gallery && (() => gallery?.move(-1));
    case "l":
      return gallery && (() => gallery?.like());
    case ".":
      return gallery && (() => gallery?.reveal());
    default:
      return undefined;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}
