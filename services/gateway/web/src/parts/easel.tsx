import { t } from "../i18n/translate";
import { postPath } from "../router";
import {
  cancel,
  current,
  currentId,
  editWords,
  isForming,
  makeSmall,
  type Painting,
  paintAgain,
  paintings,
  publishing,
  putAway,
} from "../state/studio";
import { FormingPicture } from "./forming-picture";
import { Icon } from "./icon";
import { statusOf } from "./painting-status";
import { focusPrompt } from "./prompt-box";
import { Provenance } from "./provenance";
import { PublishForm } from "./publish-form";

/** The picture in the making and what can be done with it. */
export function Easel() {
  const painting = current.value;
  if (!painting) return null;
  const { job } = painting;
  const isPublishing = publishing.value && job?.state === "succeeded";
  return (
    <div class="easel">
      <div class="easel-stand">
        <FormingPicture painting={painting} />
        <Sketches />
      </div>
      <div class="easel-side">
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
            <Actions painting={painting} />
          </>
        )}
      </div>
    </div>
  );
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
      <button
        type="button"
        class="icon-button"
        aria-label={t("paint.discard")}
        title={t("paint.discard")}
        onClick={() => putAway(painting)}
      >
        <Icon name="trash" size={20} />
      </button>
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
  return (
    <div class="easel-actions">
      {isDone && <MainAction painting={painting} />}
      <button
        type="button"
        class="button"
        title={t("paint.again.hint")}
        onClick={() => void paintAgain(painting)}
      >
        <Icon name="again" size={18} />
        {t("paint.again")}
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

/** The other pictures of this session, to go back to. */
function Sketches() {
  if (paintings.value.length < 2) return null;
  return (
    <ul class="sketches" aria-label={t("paint.sketches")}>
      {paintings.value.map(({ id, request, job, preview }) => {
        const url = job?.picture?.url ?? preview?.url;
        return (
          <li key={id}>
            <button
              type="button"
              class="sketch"
              aria-current={id === currentId.value}
              aria-label={request.prompt}
              onClick={() => {
                currentId.value = id;
                publishing.value = false;
              }}
            >
              {url && <img src={url} alt="" />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
