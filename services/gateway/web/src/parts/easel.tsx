import { useRef, useState } from "preact/hooks";
import { day, t } from "../i18n/translate";
import { postPath } from "../router";
import { isPhone } from "../state/screen";
import {
  cancel,
  current,
  currentId,
  editWords,
  forget,
  hasFailed,
  hasNoPicture,
  isForming,
  isKept,
  loadOlder,
  makeSmall,
  olderFrom,
  type Painting,
  paintAgain,
  paintings,
  publishing,
  putAway,
} from "../state/studio";
import { Confirm } from "./confirm";
import { FormingPicture } from "./forming-picture";
import { Icon } from "./icon";
import { statusOf } from "./painting-status";
import { focusPrompt } from "./prompt-box";
import { Provenance } from "./provenance";
import { PublishForm } from "./publish-form";
import { SmallPicture } from "./small-picture";
import { useKeptFocus } from "./use-kept-focus";

/** The picture in the making and what can be done with it. */
export function Easel() {
  const side = useRef<HTMLDivElement>(null);
  const painting = current.value;
  const state = painting?.job?.state;
  const isPublishing = publishing.value && state === "succeeded";
  useKeptFocus(`${isPublishing} ${state}`, () =>
    side.current?.querySelector(firstOf(isPublishing)),
  );
  if (!painting) return null;
  const { job } = painting;
  return (
    <div class="easel">
      <div class="easel-stand">
        <FormingPicture painting={painting} />
        <Unpublished />
      </div>
      <div ref={side} class="easel-side">
        <div class="easel-top">
          <p class="easel-prompt" dir="auto">
            {painting.request.prompt}
          </p>
          <EaselTools painting={painting} />
        </div>
        {isPublishing ? (
          <PublishForm key={painting.id} painting={painting} />
        ) : (
          <>
            <Status painting={painting} />
            {job?.picture && <Provenance of={job.picture.provenance} />}
            {hasFailed(painting) && <PutAway painting={painting} />}
            {isKept(painting) && <Keeping key={painting.id} painting={painting} />}
            <Actions painting={painting} />
          </>
        )}
      </div>
    </div>
  );
}

/** Where the keyboard goes on. The keyboard of a phone would cover what is to be filled in. */
function firstOf(isPublishing: boolean): string {
  if (!isPublishing) return ".easel-actions button";
  return isPhone.peek() ? ".publish" : ".publish textarea";
}

/** Tells each state once; the ring, not the voice, counts the steps. */
function Status({ painting }: { painting: Painting }) {
  const counts = painting.job?.state === "running" && painting.step > 0;
  return (
    <p class="easel-status" role="status">
      <span aria-hidden={counts}>{statusOf(painting)}</span>
    </p>
  );
}

/** Until when a picture waits for its painter, and how to be rid of it before. */
function Keeping({ painting }: { painting: Painting }) {
  const [isAsking, setAsking] = useState(false);
  const until = painting.job?.kept_until;
  return (
    <div class="easel-kept">
      {until && t("paint.kept", { date: day(until) })}
      <button type="button" class="link" onClick={() => setAsking(true)}>
        {t("paint.delete")}
      </button>
      {isAsking && (
        <Confirm
          title={t("paint.delete.title")}
          text={t("paint.delete.text")}
          action={t("paint.delete")}
          onConfirm={() => void forget(painting)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** Until when a job that failed is listed, and how to be rid of it before. */
function PutAway({ painting }: { painting: Painting }) {
  const until = painting.job?.kept_until;
  return (
    <div class="easel-kept">
      {until && t("paint.failed.kept", { date: day(until) })}
      <button type="button" class="link" onClick={() => void putAway(painting)}>
        {t("paint.discard")}
      </button>
    </div>
  );
}

function EaselTools({ painting }: { painting: Painting }) {
  return (
    <div class="easel-tools">
      <button
        type="button"
        class="icon-button easel-minimize"
        aria-label={t("paint.minimize")}
        title={t("paint.minimize")}
        onClick={makeSmall}
      >
        <Icon name="minimize" size={20} />
      </button>
      {!isKept(painting) && !hasFailed(painting) && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("paint.discard")}
          title={t("paint.discard")}
          onClick={() => void putAway(painting)}
        >
          <Icon name="trash" size={20} />
        </button>
      )}
    </div>
  );
}

function Actions({ painting }: { painting: Painting }) {
  if (isForming(painting)) {
    return (
      <div class="easel-actions">
        <button
          type="button"
          class="button"
          disabled={!painting.job}
          onClick={() => void cancel(painting)}
        >
          {t("paint.cancel")}
        </button>
      </div>
    );
  }
  const isDone = painting.job?.state === "succeeded";
  const failed = hasFailed(painting);
  return (
    <div class="easel-actions">
      {isDone && <MainAction painting={painting} />}
      <button
        type="button"
        class={failed ? "button button--main" : "button"}
        title={t("paint.again.hint")}
        onClick={() => void paintAgain(painting)}
      >
        <Icon name="again" size={18} />
        {t(failed ? "action.retry" : "paint.again")}
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          editWords(painting);
          focusPrompt();
        }}
      >
        <Icon name="edit" size={18} />
        {t("paint.edit")}
      </button>
    </div>
  );
}

function MainAction({ painting }: { painting: Painting }) {
  if (painting.postId) {
    return (
      <a class="button button--main" href={postPath(painting.postId)}>
        {t("paint.see")}
      </a>
    );
  }
  return (
    <button
      type="button"
      class="button button--main"
      onClick={() => {
        publishing.value = true;
      }}
    >
      {t("paint.publish")}
    </button>
  );
}

/** What the account has not published yet, the newest first, to go back to. */
function Unpublished() {
  const waiting = paintings.value.filter(({ id, postId }) => !postId || id === currentId.value);
  if (waiting.length < 2 && olderFrom.value === undefined) return null;
  return (
    <div>
      <p class="easel-shelf">{t("paint.unpublished")}</p>
      <ul class="sketches" aria-label={t("paint.unpublished")}>
        {waiting.toReversed().map((painting) => (
          <li key={painting.id}>
            <Sketch of={painting} />
          </li>
        ))}
        {olderFrom.value !== undefined && (
          <li>
            <button type="button" class="button button--quiet" onClick={() => void loadOlder()}>
              {t("paint.older")}
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}

/** A painting on the shelf, small. */
function Sketch({ of: painting }: { of: Painting }) {
  const { id, request } = painting;
  const { prompt } = request;
  return (
    <button
      type="button"
      class="sketch"
      aria-current={id === currentId.value}
      aria-label={hasNoPicture(painting) ? t("paint.failed.of", { prompt }) : prompt}
      onClick={() => {
        currentId.value = id;
        publishing.value = false;
      }}
    >
      <SmallPicture of={painting} isLazy />
    </button>
  );
}
