"""REST as clients meet it, over doubled services."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.images.v1 import records_pb2 as images
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas_gateway.entrypoints.http.app import describe
from kanvas_gateway.entrypoints.http.page import PLACES
from kanvas_gateway.tokens import Tokens
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from tests.contract.gateway.people import SESSION
from tests.contract.gateway.rest_services import ANA, BEN, CLEO, JOB, POST, Rest, running_rest

_ROUTER = Path(__file__).parents[3] / "services" / "gateway" / "web" / "src" / "router.ts"
_A_PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_SHA = "ab" * 32


async def test_signing_up_answers_with_the_position_in_the_feed(rest: Rest) -> None:
    body = {"handle": "ana", "password": "correct horse battery", "id": ANA}
    answer = await rest.http.post("/v1/accounts", json=body)
    made = answer.json()
    assert answer.status_code == 201
    assert (made["applied"], made["position"], made["graph_position"]) == (True, "4711", "7")
    assert rest.tokens.check(made["token"], "kanvas-api").account_id == ANA
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    request, call = rest.graph.last("CreateAccount")
    assert (request.command_id, request.account_id) == (ANA, ANA)
    assert call.account_id is None


@pytest.mark.parametrize(
    ("path", "method"), [("/v1/accounts", "CreateAccount"), ("/v1/sessions", "SignIn")]
)
async def test_a_browser_that_was_let_in_shows_it_when_it_tries_again(
    rest: Rest, path: str, method: str
) -> None:
    body = {"handle": "ana", "password": "correct horse battery"}
    await rest.http.post(path, json=body)
    first, _ = rest.graph.last(method)
    assert (first.client.address, first.client.known_account_id) == ("127.0.0.1", "")
    assert set(rest.http.cookies) == {"kanvas_session", "kanvas_browser"}
    await rest.http.delete("/v1/sessions/current", headers={"Kanvas-Client": "web"})
    assert set(rest.http.cookies) == {"kanvas_browser"}
    await rest.http.post(path, json=body)
    assert rest.graph.last(method)[0].client.known_account_id == ANA
    # It signs nobody in, and one that is no good is nobody's.
    browser = rest.http.cookies["kanvas_browser"]
    rest.http.cookies.clear()
    home = await rest.http.get("/v1/feeds/home", headers=rest.cookie(browser))
    assert home.json()["reason"] == "TOKEN_INVALID"
    rest.http.cookies.clear()
    for other in ("x", rest.tokens.access(ANA, SESSION).text):
        sent = {"Cookie": f"kanvas_browser={other}"}
        assert (await rest.http.post(path, json=body, headers=sent)).status_code == 201
        assert rest.graph.last(method)[0].client.known_account_id == ""
        rest.http.cookies.clear()


async def test_what_the_feed_does_not_know_yet_is_202(rest: Rest) -> None:
    rest.tail.copy(7)
    answer = await rest.http.put(f"/v1/accounts/{BEN}/follow", headers=rest.bearer())
    assert answer.status_code == 202
    assert answer.json().pop("detail").startswith("Accepted.")
    assert (
        answer.json().items() >= {"applied": False, "position": None, "graph_position": "8"}.items()
    )
    rest.tail.copy(8)
    again = await rest.http.put(f"/v1/accounts/{BEN}/follow", headers=rest.bearer())
    assert again.json() == {
        "applied": True,
        "detail": None,
        "position": "4711",
        "graph_position": "8",
    }


_FEEDS = (
    "/v1/feeds/home",
    "/v1/feeds/global",
    f"/v1/feeds/accounts/{BEN}",
    "/v1/feeds/tags/fox",
)


async def _sees(rest: Rest, reader: str | None) -> dict[str, list[str]]:
    """Return who the authors are of what a reader gets, by path."""
    headers = {} if reader is None else rest.bearer(reader)
    found: dict[str, list[str]] = {}
    for path in _FEEDS:
        items = (await rest.http.get(path, headers=headers)).json().get("items", [])
        found[path] = [item["author"]["id"] for item in items]
    post = await rest.http.get(f"/v1/posts/{POST}", headers=headers)
    found["post"] = [post.json()["post"]["author"]["id"]] if post.status_code == 200 else []
    if not found["post"]:
        assert post.json()["reason"] == "POST_UNKNOWN"
    return found


async def test_a_block_that_the_feed_does_not_know_yet_hides_here_at_once(rest: Rest) -> None:
    both = [timeline.PostView(created_position=1), timeline.PostView(created_position=2)]
    for view, author in zip(both, (BEN, CLEO), strict=True):
        view.post.id, view.post.author.id = new_id(), author
    for kind in ("home", "user", "global", "tag"):
        name = f"List{kind.title()}FeedResponse"
        rest.timeline.says[f"List{kind.title()}Feed"] = getattr(timeline, name)(
            views=both, position=9
        )
    rest.timeline.says["GetPost"].view.post.author.id = BEN
    everything = {path: [BEN, CLEO] for path in _FEEDS} | {"post": [BEN]}
    assert await _sees(rest, ANA) == everything
    rest.tail.copy(7)
    answer = await rest.http.put(f"/v1/accounts/{BEN}/block", headers=rest.bearer())
    assert (answer.status_code, answer.json()["applied"]) == (202, False)
    assert "until then you may still be seen" in answer.json()["detail"]
    assert await _sees(rest, ANA) == {path: [CLEO] for path in _FEEDS} | {"post": []}
    # Nobody else is concerned.
    assert await _sees(rest, CLEO) == everything
    # Lifted again before the feed knew of it.
    await rest.http.delete(f"/v1/accounts/{BEN}/block", headers=rest.bearer())
    assert await _sees(rest, ANA) == everything
    # The other way round, and until every instance of the timeline has it and hides.
    await rest.http.put(f"/v1/accounts/{ANA}/block", headers=rest.bearer(BEN))
    assert (await _sees(rest, ANA))["post"] == []
    rest.tail.copy(8)
    assert (await _sees(rest, ANA))["post"] == []
    rest.clock.advance(2)
    assert await _sees(rest, ANA) == everything


@pytest.mark.parametrize("path", ["/v1/feeds/global", f"/v1/posts/{POST}"])
async def test_a_block_hides_what_was_read_before_its_copy_and_is_answered_after(
    rest: Rest, path: str
) -> None:
    view = timeline.PostView(created_position=1)
    view.post.id, view.post.author.id = POST, BEN

    def slow(method: str, answer: object) -> None:
        async def answer_after_the_copy(*_request: object) -> object:
            rest.tail.copy(8)
            for _ in range(2):  # whoever else asks meanwhile finds that it is copied long since
                await rest.http.get("/v1/feeds/home", headers=rest.bearer(CLEO))
                rest.clock.advance(2)
            return answer

        setattr(rest.timeline, method, answer_after_the_copy)

    slow("ListGlobalFeed", timeline.ListGlobalFeedResponse(views=[view]))
    slow("GetPost", timeline.GetPostResponse(view=view))
    rest.tail.copy(7)
    await rest.http.put(f"/v1/accounts/{BEN}/block", headers=rest.bearer())
    answer = await rest.http.get(path, headers=rest.bearer())
    assert not answer.json().get("items")
    assert answer.json().get("reason", "POST_UNKNOWN") == "POST_UNKNOWN"
    assert "post" not in answer.json()


async def test_behind_a_proxy_nobody_is_counted_by_its_address(
    tokens: Tokens, tmp_path: Path
) -> None:
    async with running_rest(tokens, tmp_path, behind_proxy=True) as rest:
        body = {"handle": "ana", "password": "correct horse battery"}
        for path, method in (
            ("/v1/accounts", "CreateAccount"),
            ("/v1/sessions", "SignIn"),
        ):
            await rest.http.post(path, json=body)
            assert rest.graph.last(method)[0].client.address == ""


async def test_cookies_are_for_encrypted_connections_where_there_are_such(
    tokens: Tokens, tmp_path: Path
) -> None:
    async with running_rest(tokens, tmp_path, secure=True) as rest:
        answer = await rest.http.post(
            "/v1/sessions", json={"handle": "ana", "password": "correct horse battery"}
        )
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-kanvas_session=")
        assert "Path=/; SameSite=strict; Secure" in cookie
        assert "domain" not in cookie.lower()
        token = cookie.partition("=")[2].partition(";")[0]
        rest.http.cookies.clear()
        home = await rest.http.get(
            "/v1/feeds/home", headers={"Cookie": f"__Host-kanvas_session={token}"}
        )
        assert home.status_code == 200
        # What another host of the domain can set is not looked at.
        planted = await rest.http.get("/v1/feeds/home", headers=rest.cookie(token))
        assert planted.json()["reason"] == "IDENTITY_REQUIRED"
        bad = await rest.http.get("/v1/feeds/global", headers={"Cookie": "__Host-kanvas_session=x"})
        assert bad.headers["set-cookie"].startswith('__Host-kanvas_session=""')
        assert "Secure" in bad.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers


async def test_a_repeat_with_the_same_key_names_the_same_command_and_entity(rest: Rest) -> None:
    key = new_id()
    headers = rest.bearer() | {"Idempotency-Key": key}
    body = {"job_id": JOB, "alt_text": "A fox"}
    for _ in range(2):
        answer = await rest.http.post("/v1/posts", json=body, headers=headers)
        assert answer.status_code == 201
    requests = [request for name, request, _ in rest.timeline.asked if name == "CreatePost"]
    assert {(one.command_id, one.post_id) for one in requests} == {(key, key)}


async def test_publishes_the_picture_and_the_words_of_the_job(rest: Rest) -> None:
    body = {"job_id": JOB, "alt_text": "A fox", "visibility": "followers", "uses": {"train": True}}
    await rest.http.post("/v1/posts", json=body, headers=rest.bearer())
    request, call = rest.timeline.last("CreatePost")
    assert request.picture.sha256 == _SHA
    assert request.prompt == "a red fox in the snow"
    assert (request.visibility, request.uses.train, request.uses.embed) == (2, True, False)
    assert call.account_id == ANA
    assert 0 < call.timeout <= 8


async def test_a_job_whose_picture_is_published_is_told_so(rest: Rest) -> None:
    """Under an id of its own: the client's may have made the job."""
    key = new_id()
    body = {"job_id": JOB, "alt_text": "A fox", "id": key}
    await rest.http.post("/v1/posts", json=body, headers=rest.bearer())
    mark, call = rest.images.last("MarkPublished")
    assert (mark.job_id, mark.post_id, call.account_id) == (JOB, POST, ANA)
    assert mark.command_id not in ("", key)


async def test_a_post_whose_job_could_not_be_told_is_asked_for_again(rest: Rest) -> None:
    rest.images.says["MarkPublished"] = Unavailable("Nobody leads.")
    body = {"job_id": JOB, "alt_text": "A fox", "id": new_id()}
    refused = await rest.http.post("/v1/posts", json=body, headers=rest.bearer())
    assert refused.status_code == 503
    del rest.images.says["MarkPublished"]
    repeated = await rest.http.post("/v1/posts", json=body, headers=rest.bearer())
    assert repeated.status_code == 201
    requests = [request for name, request, _ in rest.timeline.asked if name == "CreatePost"]
    assert len({one.command_id for one in requests}) == 1


async def test_unpublished_work_comes_in_pages_and_says_until_when(rest: Rest) -> None:
    kept = images.Job(id=JOB, state=images.JOB_STATE_SUCCEEDED)
    kept.kept_until.FromJsonString("2026-12-28T10:00:00Z")
    page = imagegen.ListJobsResponse(jobs=[kept], next_cursor="next")
    rest.images.says["ListJobs"] = page
    answer = await rest.http.get("/v1/jobs?limit=1&cursor=here", headers=rest.bearer())
    request, call = rest.images.last("ListJobs")
    assert (request.page_size, request.cursor, call.account_id) == (1, "here", ANA)
    (item,) = answer.json()["items"]
    assert (item["id"], item["kept_until"], item["post_id"]) == (
        JOB,
        "2026-12-28T10:00:00.000Z",
        None,
    )
    assert answer.json()["next_cursor"] == "next"
    rest.images.says["ListJobs"] = imagegen.ListJobsResponse()
    answer = await rest.http.get("/v1/jobs", headers=rest.bearer())
    assert answer.json() == {"items": [], "next_cursor": None}
    assert (await rest.http.get("/v1/jobs")).status_code == 401


async def test_a_picture_is_deleted_once(rest: Rest) -> None:
    headers = rest.bearer() | {"Idempotency-Key": new_id()}
    for _ in range(2):
        answer = await rest.http.delete(f"/v1/jobs/{JOB}/picture", headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")
    request, call = rest.images.last("ForgetJob")
    assert (request.command_id, request.job_id, call.account_id) == (
        headers["Idempotency-Key"],
        JOB,
        ANA,
    )


async def test_reads_pass_on_who_asks_and_what_must_be_included(rest: Rest) -> None:
    await rest.http.get(f"/v1/posts/{POST}?at_least=77", headers=rest.bearer(BEN))
    request, call = rest.timeline.last("GetPost")
    assert (request.at_least, call.account_id) == (77, BEN)
    await rest.http.get(f"/v1/posts/{POST}")
    assert rest.timeline.last("GetPost")[1].account_id is None


async def test_a_job_without_a_seed_has_one_drawn(rest: Rest) -> None:
    await rest.http.post("/v1/jobs", json={"prompt": "fox"}, headers=rest.bearer())
    assert rest.images.last("SubmitJob")[0].draw_seed
    await rest.http.post("/v1/jobs", json={"prompt": "fox", "seed": 0}, headers=rest.bearer())
    assert not rest.images.last("SubmitJob")[0].draw_seed


async def test_guidance_is_passed_on_and_read_back(rest: Rest) -> None:
    body = {"prompt": "fox", "model": "easel", "guidance": 2}
    answer = await rest.http.post("/v1/jobs", json=body, headers=rest.bearer())
    assert rest.images.last("SubmitJob")[0].spec.guidance == 2
    assert answer.json()["job"]["guidance"] == 2.5  # what the service says, not what was asked
    for wrong in (-1, "much"):
        body["guidance"] = wrong
        answer = await rest.http.post("/v1/jobs", json=body, headers=rest.bearer())
        assert [violation["field"] for violation in answer.json()["violations"]] == ["guidance"]


async def test_a_session_gives_a_token_for_the_stream(rest: Rest) -> None:
    answer = await rest.http.get("/v1/sessions/current", headers=rest.bearer())
    token = answer.json()["stream_token"]
    identity = rest.tokens.check(token, "kanvas-stream")
    assert identity.account_id == ANA
    assert identity.expires_at - time.time() < 301


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/sessions"])
async def test_the_page_is_kept_signed_in_for_two_weeks(rest: Rest, path: str) -> None:
    """Its token lives as long as the cookie, and is no use to a program; theirs lives an hour."""
    body = {"handle": "ana", "password": "correct horse battery"}
    answer = await rest.http.post(path, json=body)
    assert "Max-Age=1209600;" in answer.headers["set-cookie"]
    page = rest.http.cookies["kanvas_session"]
    program = answer.json()["token"]
    assert rest.tokens.check(page, "kanvas-page").expires_at == pytest.approx(
        rest.tokens.check(program, "kanvas-api").expires_at + 14 * 86400 - 3600, abs=2
    )
    rest.http.cookies.clear()
    for headers, status in [
        (rest.cookie(page), 200),
        ({"Authorization": f"Bearer {program}"}, 200),
        ({"Authorization": f"Bearer {page}"}, 401),
        (rest.cookie(program), 401),
    ]:
        session = await rest.http.get("/v1/sessions/current", headers=headers)
        assert session.status_code == status
        assert "kanvas_session=ey" not in session.headers.get("set-cookie", "")


async def test_signing_out_forgets_the_cookie(rest: Rest) -> None:
    answer = await rest.http.delete("/v1/sessions/current")
    assert answer.status_code == 204
    assert 'kanvas_session=""' in answer.headers["set-cookie"]


async def test_a_trace_is_taken_on_and_told(rest: Rest) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = await rest.http.get("/v1/config", headers=given)
    assert answer.headers["kanvas-trace"] == trace
    own = await rest.http.get("/v1/config", headers={"traceparent": "rubbish"})
    assert len(own.headers["kanvas-trace"]) == 32


async def test_anyone_can_check_our_tokens(rest: Rest) -> None:
    keys = (await rest.http.get("/.well-known/jwks.json")).json()["keys"]
    assert [(key["kty"], key["crv"], key["use"]) for key in keys] == [("OKP", "Ed25519", "sig")]
    assert "d" not in keys[0]
    assert (await rest.http.get("/v1/.well-known/jwks.json")).json() == {"keys": keys}


# The page and the reference.


async def test_every_place_of_the_page_has_an_address(rest: Rest) -> None:
    for path in ("/", "/explore", "/@ana", f"/p/{POST}", "/tags/fox", "/sign-up/", "/%40ana"):
        answer = await rest.http.get(path)
        assert answer.status_code == 200, path
        assert answer.text == "<!doctype html>page"
        assert answer.headers["cache-control"] == "no-cache"
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "connect-src 'self' ws://127.0.0.1:1" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/@ana.", f"/p/{POST}.", "/explore.", "/@ana)", "/settings!"])
async def test_the_end_of_a_sentence_is_no_part_of_an_address(rest: Rest, path: str) -> None:
    answer = await rest.http.get(path, headers=_A_PERSON)
    assert (answer.status_code, answer.text) == (200, "<!doctype html>page")


@pytest.mark.parametrize("path", ["/healthz", "/V1/config", "/nowhere", "/robots.txt", "/x/y.js"])
async def test_nothing_is_found_where_nothing_is(rest: Rest, path: str) -> None:
    """A person gets the page, which says so in words; a program never takes it for an answer."""
    page = await rest.http.get(path, headers=_A_PERSON)
    assert (page.status_code, page.text) == (404, "<!doctype html>page")
    problem = await rest.http.get(path)
    assert (problem.status_code, problem.json()["reason"]) == (404, "ROUTE_UNKNOWN")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/media/x", "/.well-known/y", "/docs/z"])
async def test_paths_of_the_interfaces_are_never_pages(rest: Rest, path: str) -> None:
    answer = await rest.http.get(path, headers=_A_PERSON)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_page_and_its_gateway_know_the_same_places() -> None:
    router = _ROUTER.read_text()
    fixed = set(re.findall(r'^  "/([a-z-]*)": \{ room', router, re.MULTILINE))
    patterns = set(re.findall(r"/\^\\/([a-z]+)\\/", router))
    assert fixed - {""} | patterns == PLACES


async def test_built_files_are_kept_for_ever_and_compressed(rest: Rest) -> None:
    answer = await rest.http.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "let x = 1;" * 200
    again = await rest.http.get(
        "/assets/main-1a2b.js", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


async def test_nothing_outside_of_the_page_is_served(rest: Rest) -> None:
    for path in ("/../key.pem", "/%2e%2e/key.pem", "/assets/../../key.pem"):
        answer = await rest.http.get(path)
        assert b"PRIVATE" not in answer.content


async def test_answers_may_load_nothing_and_are_not_kept(rest: Rest) -> None:
    headers = (await rest.http.get(f"/v1/posts/{POST}")).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_describes_itself(rest: Rest) -> None:
    description = (await rest.http.get("/openapi.json")).json()
    assert "/v1/posts" in description["paths"]
    page = await rest.http.get("/docs")
    assert "POST /v1/posts" in page.text
    assert "alt_text" in page.text
    assert "http" not in page.text.replace("http-equiv", "")
    assert "Problem" in json.dumps(description)


async def test_is_described_before_anybody_asks(tokens: Tokens, tmp_path: Path) -> None:
    describe.cache_clear()
    async with running_rest(tokens, tmp_path) as rest:
        made = describe.cache_info().misses
        for path in ("/openapi.json", "/docs"):
            assert (await rest.http.get(path)).is_success
    assert made == describe.cache_info().misses == 1


async def test_requests_are_counted_by_route_never_by_path(rest: Rest) -> None:
    from prometheus_client import REGISTRY

    await rest.http.get(f"/v1/posts/{POST}")
    await rest.http.get("/v1/handles/somebody")
    await rest.http.get("/explore")
    routes = {
        sample.labels["route"]
        for metric in REGISTRY.collect()
        if metric.name == "kanvas_http_requests"
        for sample in metric.samples
    }
    assert {"/v1/posts/{post_id}", "/v1/handles/{handle}", "page"} <= routes
    assert not any("somebody" in route or POST in route for route in routes)
