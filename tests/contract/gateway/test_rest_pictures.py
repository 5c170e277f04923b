"""Pictures as clients get them: who may see one, and who may keep it, over doubled services."""

from __future__ import annotations

import pytest
from httpx import Response
from prometheus_client import REGISTRY

from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas_gateway.check_picture import REMEMBERED_SECONDS, Outcome
from kanvas_platform.errors import (
    DeadlineExceeded,
    KanvasError,
    NotFresh,
    Overloaded,
    Unavailable,
)
from tests.contract.gateway.people import SESSION
from tests.contract.gateway.rest_services import ANA, BEN, CLEO, REMOVAL_SECONDS, Rest

SHA = "ab" * 32
PATH = f"/media/{SHA}.webp"
BYTES = b"picture"
PUBLIC = timeline.CheckPictureResponse(author_id=BEN, public=True)
FOR_FOLLOWERS = timeline.CheckPictureResponse(author_id=BEN)
NOBODYS = timeline.CheckPictureResponse()
HIDDEN = timeline.CheckPictureResponse(public=True)


@pytest.fixture(autouse=True)
def _stored(rest: Rest) -> None:
    rest.pictures.pictures[f"{SHA}.webp"] = BYTES


def posts_say(rest: Rest, answer: timeline.CheckPictureResponse | KanvasError) -> None:
    rest.timeline.says["CheckPicture"] = answer


def jobs_say(rest: Rest, answer: bool | KanvasError) -> None:
    given = imagegen.CheckPictureResponse(visible=answer) if isinstance(answer, bool) else answer
    rest.images.says["CheckPicture"] = given


def asked(rest: Rest) -> int:
    """Return how often the timeline was asked about a picture."""
    return sum(method == "CheckPicture" for method, _, _ in rest.timeline.asked)


async def get(rest: Rest, reader: str | None = None, **headers: str) -> Response:
    identity = {} if reader is None else rest.bearer(reader)
    return await rest.http.get(PATH, headers={**identity, **headers})


def is_refused(answer: Response) -> bool:
    return (answer.status_code, answer.json()["reason"], answer.headers["cache-control"]) == (
        404,
        "PICTURE_UNKNOWN",
        "no-store",
    )


def counted(outcome: Outcome) -> float:
    return REGISTRY.get_sample_value("kanvas_gateway_pictures_total", {"outcome": outcome}) or 0.0


async def test_everybody_may_keep_a_public_picture_until_it_may_be_removed(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    for reader in (None, ANA):
        answer = await get(rest, reader)
        assert (answer.status_code, answer.content) == (200, BYTES)
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["etag"] == f'"{SHA}"'
        assert answer.headers["cache-control"] == (
            f"public, max-age={REMOVAL_SECONDS - 1}, must-revalidate"
        )
        request, call = rest.timeline.last("CheckPicture")
        assert (request.sha256, call.account_id) == (SHA, reader)
        assert 0 < call.timeout <= 3


async def test_a_picture_for_followers_is_kept_by_nobody(rest: Rest) -> None:
    posts_say(rest, FOR_FOLLOWERS)
    for headers in (rest.bearer(ANA), rest.cookie(rest.tokens.page(ANA, SESSION).text)):
        answer = await rest.http.get(PATH, headers=headers)
        assert (answer.status_code, answer.content) == (200, BYTES)
        assert answer.headers["cache-control"] == "private, no-store"
        assert rest.timeline.last("CheckPicture")[1].account_id == ANA


async def test_a_picture_that_is_not_published_is_its_painters_alone(rest: Rest) -> None:
    jobs_say(rest, True)
    answer = await get(rest, ANA)
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["cache-control"] == "private, no-store"
    assert rest.images.last("CheckPicture")[1].account_id == ANA
    jobs_say(rest, False)
    assert is_refused(await get(rest, BEN))
    assert is_refused(await get(rest))


@pytest.mark.parametrize("says", [NOBODYS, HIDDEN])
async def test_whoever_may_not_see_a_picture_does_not_learn_that_it_exists(
    rest: Rest, says: timeline.CheckPictureResponse
) -> None:
    posts_say(rest, says)
    refused = await get(rest, ANA)
    assert is_refused(refused)
    rest.pictures.pictures.clear()
    for answer in (
        await get(rest, ANA),
        await get(rest, ANA, **{"If-None-Match": f'"{SHA}"'}),
        await get(rest, ANA, **{"If-Match": '"x"'}),
        await get(rest, ANA, Range="bytes=0-1"),
    ):
        assert is_refused(answer)
        assert answer.json()["detail"] == refused.json()["detail"]
    head = await rest.http.head(PATH, headers=rest.bearer())
    assert (head.status_code, head.headers["cache-control"]) == (404, "no-store")


async def test_what_is_not_in_the_store_is_not_there(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    rest.pictures.pictures.clear()
    assert is_refused(await get(rest))


@pytest.mark.parametrize("condition", [f'"{SHA}"', f'W/"{SHA}"', f'"x", "{SHA}"', "*"])
async def test_a_picture_that_the_client_has_is_not_sent(rest: Rest, condition: str) -> None:
    posts_say(rest, PUBLIC)
    answer = await get(rest, **{"If-None-Match": condition})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{SHA}"'
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert rest.pictures.reads == 0


async def test_another_picture_that_the_client_has_is_of_no_use(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    assert (await get(rest, **{"If-None-Match": '"x"'})).content == BYTES


@pytest.mark.parametrize("condition", [f'"{SHA}"', f'"x", "{SHA}"', "*"])
async def test_a_picture_that_the_client_expects_is_sent(rest: Rest, condition: str) -> None:
    posts_say(rest, PUBLIC)
    assert (await get(rest, **{"If-Match": condition})).content == BYTES
    # What is expected is looked at first, and then what the client has (RFC 9110, 13.2.2).
    both = await get(rest, **{"If-Match": condition, "If-None-Match": "*"})
    assert both.status_code == 304


@pytest.mark.parametrize("condition", ['"x"', f'W/"{SHA}"', SHA])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_picture_that_the_client_does_not_expect_is_refused(
    rest: Rest, condition: str, method: str
) -> None:
    posts_say(rest, PUBLIC)
    headers = {"If-Match": condition, "If-None-Match": "*"}
    refused = await rest.http.request(method, PATH, headers=headers)
    assert (refused.status_code, refused.headers["cache-control"]) == (412, "no-store")
    if method == "GET":
        assert refused.json()["reason"] == "PRECONDITION_FAILED"
    assert rest.pictures.reads == 0


async def test_pages_of_other_sites_show_what_everybody_may_see_and_nothing_else(
    rest: Rest,
) -> None:
    """Also where the browser knows the picture already: a 304 brings the policy anew."""
    for says, policy in ((PUBLIC, "cross-origin"), (FOR_FOLLOWERS, "same-origin")):
        posts_say(rest, says)
        for known in ({}, {"If-None-Match": f'"{SHA}"'}):
            answer = await get(rest, ANA, **known)
            assert answer.headers["cross-origin-resource-policy"] == policy
    posts_say(rest, NOBODYS)
    jobs_say(rest, True)
    unpublished = await get(rest, ANA)
    assert unpublished.headers["cross-origin-resource-policy"] == "same-origin"


async def test_the_head_of_a_picture_has_its_length(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    rest.pictures.pictures[f"{SHA}.png"] = BYTES
    answer = await rest.http.head(f"/media/{SHA}.png")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["content-length"], answer.headers["content-type"]) == ("7", "image/png")


async def test_a_picture_comes_whole_and_says_so(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    answer = await get(rest, Range="bytes=0-1")
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["accept-ranges"] == "none"


async def test_those_who_have_not_signed_in_are_answered_from_memory_for_a_while(
    rest: Rest,
) -> None:
    posts_say(rest, PUBLIC)
    await get(rest)
    rest.clock.advance(REMEMBERED_SECONDS)
    remembered = await get(rest)
    assert asked(rest) == 1
    left = REMOVAL_SECONDS - 1 - int(REMEMBERED_SECONDS)
    assert remembered.headers["cache-control"] == f"public, max-age={left}, must-revalidate"
    posts_say(rest, NOBODYS)
    rest.clock.advance(1)
    assert is_refused(await get(rest))
    assert asked(rest) == 2


async def test_whoever_has_signed_in_is_answered_by_what_holds_now(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    assert (await get(rest, ANA)).status_code == 200
    posts_say(rest, HIDDEN)
    assert is_refused(await get(rest, ANA))
    assert (await get(rest)).status_code == 200
    posts_say(rest, NOBODYS)
    assert is_refused(await get(rest, ANA))
    assert is_refused(await get(rest)), "what is known to be gone is not remembered"


@pytest.mark.parametrize(
    "error",
    [NotFresh("x"), Unavailable("x"), Overloaded("x"), DeadlineExceeded("x")],
    ids=lambda error: error.reason,
)
async def test_while_nobody_can_tell_a_picture_that_was_public_is_shown_and_no_other(
    rest: Rest, error: KanvasError
) -> None:
    posts_say(rest, error)
    for reader in (None, ANA):
        answer = await get(rest, reader)
        assert (answer.status_code, answer.json()["reason"]) == (503, "PICTURE_UNDECIDED")
        assert answer.headers["retry-after"] == "2"
        assert answer.headers["cache-control"] == "no-store"
    posts_say(rest, PUBLIC)
    await get(rest)
    posts_say(rest, error)
    rest.clock.advance(REMOVAL_SECONDS - 3)
    for reader in (None, ANA):
        held = await get(rest, reader)
        assert held.status_code == 200
        assert held.headers["cache-control"] == "public, max-age=2, must-revalidate"
    rest.clock.advance(2)
    for reader in (None, ANA):
        assert (await get(rest, reader)).status_code == 503


async def test_a_picture_for_followers_is_not_shown_while_nobody_can_tell(rest: Rest) -> None:
    posts_say(rest, FOR_FOLLOWERS)
    assert (await get(rest, ANA)).status_code == 200
    posts_say(rest, Unavailable("x"))
    assert (await get(rest, ANA)).status_code == 503


async def test_who_painted_a_picture_sees_it_while_the_timeline_is_away(rest: Rest) -> None:
    posts_say(rest, Unavailable("x"))
    jobs_say(rest, True)
    assert (await get(rest, ANA)).headers["cache-control"] == "private, no-store"
    jobs_say(rest, Unavailable("x"))
    posts_say(rest, NOBODYS)
    assert (await get(rest, ANA)).status_code == 503
    assert is_refused(await get(rest)), "it is nobody's who has not signed in"


async def test_a_block_that_the_feed_does_not_know_yet_hides_pictures_here_at_once(
    rest: Rest,
) -> None:
    posts_say(rest, PUBLIC)
    rest.tail.copy(7)
    await rest.http.put(f"/v1/accounts/{BEN}/block", headers=rest.bearer(ANA))
    assert is_refused(await get(rest, ANA))
    for reader in (CLEO, None):
        assert (await get(rest, reader)).status_code == 200


async def test_a_token_that_is_no_good_is_never_passed_over(rest: Rest) -> None:
    posts_say(rest, PUBLIC)
    answer = await rest.http.get(PATH, headers=rest.cookie("x"))
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_INVALID")


async def test_what_was_decided_is_counted(rest: Rest) -> None:
    stories: list[tuple[timeline.CheckPictureResponse | KanvasError, str | None, Outcome]] = [
        (FOR_FOLLOWERS, ANA, Outcome.OWN),
        (NOBODYS, ANA, Outcome.REFUSED),
        (Unavailable("x"), ANA, Outcome.UNDECIDED),
        (PUBLIC, ANA, Outcome.PUBLIC),
        (PUBLIC, None, Outcome.REMEMBERED),
        (Unavailable("x"), ANA, Outcome.HELD),
    ]
    assert {outcome for _, _, outcome in stories} == set(Outcome)
    for says, reader, outcome in stories:
        posts_say(rest, says)
        before = {each: counted(each) for each in Outcome}
        await get(rest, reader)
        assert {each: counted(each) - before[each] for each in Outcome} == {
            each: float(each is outcome) for each in Outcome
        }
