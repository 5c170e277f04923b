const MOST_LINES = 2;
/** Words do not break where a line is full, so a little less than the width is used. */
const USED = 0.94;

let context: CanvasRenderingContext2D | null | undefined;

/** How many lines a caption takes on a card of this width (in pixels): 0, 1 or 2. */
export function captionLines(caption: string, width: number, font: string): number {
  if (!caption) return 0;
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return MOST_LINES;
  context.font = font;
  const needed = context.measureText(caption).width / (width * USED);
  return needed <= 1 / USED ? 1 : MOST_LINES;
}
