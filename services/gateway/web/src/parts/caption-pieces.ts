import type { Post } from "../api/types";

/** A stretch of a caption: plain text, or a tag as it is written, with its `#`. */
export interface CaptionPiece {
  text: string;
  /** Its name, where it is one. */
  tag?: string;
}

/** A caption in pieces. Tags say where they stand in code points, which are not those of a string. */
export function captionPieces({ caption, tags }: Pick<Post, "caption" | "tags">): CaptionPiece[] {
  const characters = [...caption];
  const cut = (start: number, end?: number) => characters.slice(start, end).join("");
  const pieces: CaptionPiece[] = [];
  let end = 0;
  for (const tag of tags) {
    pieces.push({ text: cut(end, tag.start) }, { text: cut(tag.start, tag.end), tag: tag.name });
    end = tag.end;
  }
  pieces.push({ text: cut(end) });
  return pieces.filter(({ text }) => text);
}
