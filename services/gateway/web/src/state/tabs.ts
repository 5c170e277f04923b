/** What a tab tells the other tabs of this browser: they share the session. */
export interface TabNews {
  /** Who has signed out; absent where somebody has signed in. */
  hasLeft?: string;
}

const CHANNEL = "kanvas.session";

let channel: BroadcastChannel | undefined;

/** Listens to the other tabs. Only a tab that listens tells them something. */
export function listenToTabs(onNews: (news: TabNews) => void): void {
  channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<TabNews>) => onNews(data);
}

export function tellTabs(news: TabNews): void {
  channel?.postMessage(news);
}
