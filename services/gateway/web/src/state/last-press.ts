import { worker } from "./session";

/** How a switch ended: what the server holds now, its answer to the last write, and what failed. */
export interface Settled<Answer> {
  on: boolean;
  answer?: Answer;
  failure?: unknown;
}

/**
 * Switches on a slow line, such as likes: whatever the network does, each ends as its last press
 * said. One write of a switch is under way at a time; of the presses meanwhile the last one counts.
 * Everybody has switches of their own.
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
   * @returns How it ended; undefined where an earlier press is still writing, and will tell, and
   *   where whoever pressed has left meanwhile.
   */
  async press(id: string, on: boolean): Promise<Settled<Answer> | undefined> {
    const whose = worker();
    const key = `${whose} ${id}`;
    const isWriting = this.#wanted.has(key);
    this.#wanted.set(key, on);
    if (isWriting) return undefined;
    const settled: Settled<Answer> = { on: !on };
    try {
      for (let next = this.#wanted.get(key); next !== settled.on; next = this.#wanted.get(key)) {
        settled.answer = await this.#write(id, next as boolean);
        settled.on = next as boolean;
        if (worker() !== whose) break; // nothing is done as somebody else
      }
    } catch (failure) {
      settled.failure = failure;
    } finally {
      this.#wanted.delete(key);
    }
    return worker() === whose ? settled : undefined;
  }
}
