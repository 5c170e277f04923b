/** How a switch ended: what the server holds now, its answer to the last write, and what failed. */
export interface Settled<Answer> {
  on: boolean;
  answer?: Answer;
  failure?: unknown;
}

/**
 * Switches on a slow line, such as likes: whatever the network does, each ends as its last press
 * said. One write of a switch is under way at a time; of the presses meanwhile the last one counts.
 */
export class LastPress<Answer> {
  readonly #wanted = new Map<string, boolean>();
  readonly #write: (id: string, on: boolean) => Promise<Answer>;

  constructor(write: (id: string, on: boolean) => Promise<Answer>) {
    this.#write = write;
  }

  /**
   * Presses the switch of a thing.
   *
   * @returns How it ended; undefined where an earlier press is still writing, and will tell.
   */
  async press(id: string, on: boolean): Promise<Settled<Answer> | undefined> {
    const isWriting = this.#wanted.has(id);
    this.#wanted.set(id, on);
    if (isWriting) return undefined;
    const settled: Settled<Answer> = { on: !on };
    try {
      for (let next = this.#wanted.get(id); next !== settled.on; next = this.#wanted.get(id)) {
        settled.answer = await this.#write(id, next as boolean);
        settled.on = next as boolean;
      }
    } catch (failure) {
      settled.failure = failure;
    } finally {
      this.#wanted.delete(id);
    }
    return settled;
  }
}
