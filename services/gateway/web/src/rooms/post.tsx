import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import * as kanvas from "../api/kanvas";
import type { Post as PostData } from "../api/types";
import { problemSentence } from "../i18n/problem-sentence";
import { t } from "../i18n/translate";
import { Avatar } from "../parts/avatar";
import { Caption } from "../parts/caption";
import { Confirm } from "../parts/confirm";
import { FollowButton, FollowDoor } from "../parts/follow-button";
import { Icon } from "../parts/icon";
import { LikeButton } from "../parts/like-button";
import { Notice } from "../parts/notice";
import { Picture } from "../parts/picture";
import { Provenance } from "../parts/provenance";
import { openStudio } from "../parts/studio";
import { TimeAgo } from "../parts/time-ago";
import { ToExplore } from "../parts/to-explore";
import { TryAgain } from "../parts/try-again";
import { Name, Words } from "../parts/words";
import { goBack, profilePath } from "../router";
import { stream } from "../state/connection";
import { dropPost } from "../state/feeds";
import { LivePost } from "../state/live-post";
import { loadPerson, nameOf, person, relationshipOf } from "../state/people";
import { postSignal } from "../state/posts";
import { replaceWords } from "../state/prompt";
import { account } from "../state/session";
import { toast, toastFailure } from "../state/toasts";

/** One picture and all that is known of it. */
export function Post({ id }: { id: string }) {
  const live = useMemo(() => new LivePost({ id, fetchPost: kanvas.post, client: stream }), [id]);
  useEffect(() => {
    void live.load();
    return () => live.close();
  }, [live]);
  return (
    <div class="room">
      <header class="room-head">
        <button type="button" class="button button--quiet back" onClick={goBack}>
          <Icon name="back" size={20} />
          {t("nav.back")}
        </button>
      </header>
      <PostOrWhyNot id={id} live={live} />
    </div>
  );
}

function PostOrWhyNot({ id, live }: { id: string; live: LivePost }) {
  const post = postSignal(id).value;
  const phase = live.phase.value;
  if (phase === "gone") {
    return (
      <Notice title={t("post.gone.title")} text={t("post.gone.text")} isRoom>
        <ToExplore />
      </Notice>
    );
  }
  if (post) return <PostView post={post} />;
  if (phase !== "failed") return <PostSkeleton />;
  return (
    <Notice title={problemSentence(live.failure.value)} isRoom>
      <TryAgain failure={live.failure.value} load={() => live.load()} />
    </Notice>
  );
}

function PostView({ post }: { post: PostData }) {
  const { author, picture, created_at, alt_text } = post;
  const name = nameOf(author);
  return (
    <article class="post" aria-label={t("post.by", { name })}>
      <h1 class="hidden">{t("post.by", { name })}</h1>
      <div class="post-picture" style={{ "--ratio": String(picture.width / picture.height) }}>
        <Picture key={picture.url} picture={picture} alt={alt_text} eager />
      </div>
      <div class="post-side">
        <header class="post-author">
          <a href={profilePath(author.handle)}>
            <Avatar of={author} size="medium" />
            <span>
              <Name of={author} class="person-name" />
              <span class="person-handle">
                @{author.handle} · <TimeAgo at={created_at} />
              </span>
            </span>
          </a>
          <FollowAuthor of={post} />
        </header>
        <Caption post={post} class="post-caption" />
        <div class="post-row">
          <LikeButton post={post} />
          <PostActions post={post} />
        </div>
        <PostFacts post={post} />
      </div>
    </article>
  );
}

/** Follows the author, or does so no longer; not for oneself, nor where a block stands between. */
function FollowAuthor({ of: { author } }: { of: PostData }) {
  const me = account.value;
  useEffect(() => {
    if (me) void loadPerson(author.handle);
  }, [me?.id, author.handle]);
  if (!me) return <FollowDoor who={author} isSmall />;
  const known = person(author.handle).value;
  if (me.id === author.id || known.phase !== "ready") return null;
  const { view } = known;
  if (view.hidden || relationshipOf(view).blocking) return null;
  return <FollowButton view={view} isSmall />;
}

function PostActions({ post }: { post: PostData }) {
  const [isAsking, setAsking] = useState(false);
  const takeDown = async () => {
    try {
      await kanvas.deletePost(post.id);
      dropPost(post.id);
      toast(t("post.deleted"));
      goBack();
    } catch (failure) {
      toastFailure(failure);
    }
  };
  if (account.value?.id !== post.author.id) return null;
  return (
    <>
      <button type="button" class="button button--quiet" onClick={() => setAsking(true)}>
        <Icon name="trash" size={18} />
        {t("post.delete")}
      </button>
      {isAsking && (
        <Confirm
          title={t("post.delete.title")}
          text={t("post.delete.text")}
          action={t("post.delete")}
          onConfirm={() => void takeDown()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function PostFacts({ post }: { post: PostData }) {
  const { prompt, alt_text, picture, visibility } = post;
  const { model, model_version, seed } = picture.provenance;
  const version = model_version.startsWith(model) ? model_version : `${model} ${model_version}`;
  return (
    <div class="post-facts">
      <dl class="post-list">
        <Fact name={t("post.prompt")}>
          <Words>{prompt}</Words>
        </Fact>
        {visibility === "followers" && (
          <Fact name={t("publish.visibility")}>{t("post.forFollowers")}</Fact>
        )}
        <Fact name={t("post.uses")}>{usesSentence(post)}</Fact>
        <Fact name={t("post.how")}>
          <Provenance of={picture.provenance} />
        </Fact>
        <Fact name={`${t("provenance.model")} · ${t("provenance.seed")} · ${t("provenance.size")}`}>
          {`${version} · ${seed} · ${picture.width} × ${picture.height}`}
        </Fact>
      </dl>
      <details class="details">
        <summary>{t("post.alt")}</summary>
        <Words>{alt_text}</Words>
      </details>
      <button
        type="button"
        class="button"
        onClick={() => {
          replaceWords(prompt);
          openStudio();
        }}
      >
        <Icon name="brush" size={18} />
        {t("post.tryPrompt")}
      </button>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="post-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function usesSentence({ uses }: PostData): string {
  const allowed = (["train", "embed", "recommend"] as const).filter((use) => uses[use]);
  if (allowed.length === 0) return t("post.uses.none");
  return allowed.map((use) => t(`post.uses.${use}`)).join(", ");
}

function PostSkeleton() {
  return (
    <div class="post" role="status">
      <span class="hidden">{t("feed.loading")}</span>
      <div class="skeleton" style={{ aspectRatio: "3 / 2" }} />
      <div class="post-side">
        <div class="skeleton skeleton--line" />
        <div class="skeleton skeleton--line" />
        <div class="skeleton skeleton--line" />
      </div>
    </div>
  );
}
