import * as kanvas from "../api/kanvas";
import type { AccountView, Relationship } from "../api/types";
import { t } from "../i18n/translate";
import { blocksChanged, followsChanged } from "./feeds";
import { LastPress } from "./last-press";
import { loadPerson, relationshipOf, show } from "./people";
import { toast, toastFailure } from "./toasts";

const follows = new LastPress(kanvas.setFollow);
const blocks = new LastPress(kanvas.setBlock);

/** Follows or unfollows at once; takes it back when the server refuses; the last press counts. */
export async function toggleFollow(view: AccountView): Promise<void> {
  const { account, follower_count } = view;
  const follow = !relationshipOf(view).following;
  const counted = (on: boolean) => follower_count + (on === !follow ? 0 : follow ? 1 : -1);
  relate(view, { following: follow }, counted(follow));
  const settled = await follows.press(account.id, follow);
  if (!settled) return;
  relate(view, { following: settled.on }, counted(settled.on));
  if (settled.answer) followsChanged();
  if (settled.failure) toastFailure(settled.failure);
}

/** Blocks or unblocks; a block ends follows both ways. */
export async function toggleBlock(view: AccountView): Promise<void> {
  const { account } = view;
  const block = !relationshipOf(view).blocking;
  const settled = await blocks.press(account.id, block);
  if (!settled) return;
  if (settled.failure) toastFailure(settled.failure);
  if (!settled.answer) return;
  const { on, answer } = settled;
  if (on && !answer.applied) toast(t("profile.block.follows"));
  const ended = on ? { following: false, followed_by: false } : {};
  relate({ ...view, hidden: on }, { blocking: on, ...ended }, view.follower_count);
  blocksChanged();
  void loadPerson(account.handle);
}

function relate(view: AccountView, changes: Partial<Relationship>, follower_count: number): void {
  show({ ...view, relationship: { ...relationshipOf(view), ...changes }, follower_count });
}
