import { t } from "../i18n/translate";
import { Gallery } from "../parts/gallery";
import { Notice } from "../parts/notice";
import { PaintSomething } from "../parts/paint-something";
import { PeopleToFollow } from "../parts/people-to-follow";
import { ToExplore } from "../parts/to-explore";
import { globalFeed, homeFeed } from "../state/feeds";
import { account } from "../state/session";
import { ExploreEmpty } from "./explore";

/** What those one follows have painted, and one's own; for visitors, the door. */
export function Home() {
  if (account.value === null) return <Welcome />;
  return (
    <div class="room">
      <header class="room-head">
        <h1>{t("home.title")}</h1>
      </header>
      <Gallery feed={homeFeed.value} empty={<HomeEmpty />} />
    </div>
  );
}

function HomeEmpty() {
  return (
    <>
      <Notice title={t("home.empty.title")} text={t("home.empty.text")}>
        <div class="notice-doors">
          <PaintSomething />
          <ToExplore />
        </div>
      </Notice>
      <PeopleToFollow />
    </>
  );
}

function Welcome() {
  return (
    <div class="room">
      <section class="welcome">
        <h1>{t("welcome.title")}</h1>
        <p>{t("welcome.text")}</p>
        <div class="welcome-doors">
          <a class="button button--main" href="/signup">
            {t("welcome.signUp")}
          </a>
          <a class="button" href="/signin">
            {t("nav.signIn")}
          </a>
        </div>
      </section>
      <h2 class="welcome-now">{t("welcome.now")}</h2>
      <Gallery feed={globalFeed.value} empty={<ExploreEmpty />} />
    </div>
  );
}
