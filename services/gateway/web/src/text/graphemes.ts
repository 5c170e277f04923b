let segmenter: Intl.Segmenter | undefined;

/** The first of what a reader takes for one character: a letter with its marks, a whole emoji. */
export function firstGrapheme(text: string): string {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) return segment;
  return "";
}
