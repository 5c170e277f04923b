import { signal } from "@preact/signals";
import { serverNow } from "../api/server-clock";
import { type Socket, StreamClient, type StreamStatus } from "../stream/client";
import { streamAccess } from "./session";

export const connection = signal<StreamStatus>("catching_up");

/** The page's one connection to the live stream. */
export const stream = new StreamClient({
  access: async (renew) => {
    const { url, token } = await streamAccess(renew);
    return { url, token };
  },
  now: serverNow,
  connect: (url) => new WebSocket(url) as Socket,
  onStatus: (status) => {
    connection.value = status;
  },
});

/** Connects, and reacts to what the browser knows about network and sleep. */
export function startConnection(): void {
  stream.start();
  addEventListener("online", () => stream.wake());
  addEventListener("offline", () => stream.lose());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stream.wake();
  });
}
