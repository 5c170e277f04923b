"""What HTTP itself asks of every path: HEAD, OPTIONS, `Allow`, conditions, ranges, other sites."""

from __future__ import annotations

import pytest

from kanvas_gateway.entrypoints.http.app import describe
from kanvas_platform.ids import new_id
from tests.contract.gateway.people import SESSION
from tests.contract.gateway.rest_services import ANA, BEN, JOB, POST, Rest

_NAMES = {
    "account_id": BEN,
    "post_id": POST,
    "job_id": JOB,
    "session_id": SESSION,
    "handle": "ana",
    "tag": "fox",
}
_PAGE = ["/", "/explore", "/assets/main-1a2b.js", "/docs", "/openapi.json", "/v1/none", "/none"]


def _paths(method: str) -> list[str]:
    """Return the paths of REST that take a method, with names of things that are there."""
    paths = describe("0")["paths"].items()
    return [path.format(**_NAMES, name="x.webp") for path, methods in paths if method in methods]


@pytest.mark.parametrize("path", [*_paths("get"), *_PAGE])
async def test_a_head_is_a_get_without_its_content(rest: Rest, path: str) -> None:
    headers = rest.bearer() | {"Accept": "application/json"}
    read = await rest.http.get(path, headers=headers)
    head = await rest.http.head(path, headers=headers)
    assert (head.status_code, head.content) == (read.status_code, b"")
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers.get(name) == read.headers.get(name)


async def test_a_path_says_all_methods_that_it_takes(rest: Rest) -> None:
    for path, methods in describe("0")["paths"].items():
        named = path.format(**_NAMES, name="x.webp")
        answer = await rest.http.options(named)
        assert answer.status_code == 204
        said = set(answer.headers["allow"].lower().split(", "))
        assert said - {"head", "options"} == set(methods)
        assert ("head" in said) == ("get" in methods)
        refused = await rest.http.request("TRACE", named, headers=rest.bearer())
        assert (refused.status_code, refused.json()["reason"]) == (405, "METHOD_NOT_ALLOWED")
        assert refused.headers["allow"] == answer.headers["allow"]


async def test_files_and_places_of_the_page_are_read_only(rest: Rest) -> None:
    for path in ("/", "/explore", "/assets/main-1a2b.js"):
        answer = await rest.http.post(path)
        assert (answer.status_code, answer.json()["reason"]) == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await rest.http.post("/some/place")).json()["reason"] == "ROUTE_UNKNOWN"


# Other sites.


async def test_a_page_of_another_site_may_use_a_token_and_never_a_cookie(rest: Rest) -> None:
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    preflight = (await rest.http.options("/v1/posts", headers=asked)).headers
    assert preflight["access-control-allow-origin"] == "*"
    assert "POST" in preflight["access-control-allow-methods"].split(", ")
    sendable = set(preflight["access-control-allow-headers"].lower().split(", "))
    assert {"authorization", "content-type", "idempotency-key"} <= sendable
    # What a write by cookie needs cannot be sent from there, and no answer to a cookie be read.
    assert "kanvas-client" not in sendable
    origin = {"Origin": "https://elsewhere.example"}
    answers = [
        await rest.http.get("/v1/feeds/home", headers=rest.bearer() | origin),
        await rest.http.get("/v1/feeds/home", headers=origin),
        await rest.http.get("/v1/none", headers=origin),
        await rest.http.post("/v1/posts", content=b"x" * 70_000, headers=origin),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 404, 413]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
    for headers in (preflight, *(answer.headers for answer in answers)):
        assert "access-control-allow-credentials" not in headers


# Conditions and ranges (RFC 9110, sections 13 and 14).


@pytest.mark.parametrize("path", ["/", "/assets/main-1a2b.js"])
async def test_a_file_of_the_page_is_sent_unless_the_client_has_it(rest: Rest, path: str) -> None:
    first = await rest.http.get(path)
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            answer = await rest.http.request(method, path, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
            assert answer.headers["cache-control"] == first.headers["cache-control"]
    assert (await rest.http.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
    assert (await rest.http.get(path, headers={"If-Match": "*"})).status_code == 200
    # The tag is weak, and If-Match compares strongly.
    refused = await rest.http.get(path, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["reason"]) == (412, "PRECONDITION_FAILED")


@pytest.mark.parametrize("path", ["/", "/v1/config", "/v1/feeds/global"])
async def test_a_part_is_not_to_be_had_and_the_whole_is_sent(rest: Rest, path: str) -> None:
    answer = await rest.http.get(path, headers={"Range": "bytes=0-3"})
    assert answer.status_code == 200
    assert answer.content == (await rest.http.get(path)).content


async def test_json_has_no_tag_to_match(rest: Rest) -> None:
    path = f"/v1/posts/{POST}"
    whole = await rest.http.get(path)
    for passes in ({"If-None-Match": '"a"'}, {"If-Match": "*"}, {"If-Modified-Since": "now"}):
        answer = await rest.http.get(path, headers=passes)
        assert (answer.status_code, answer.content) == (200, whole.content)
    known = await rest.http.get(path, headers={"If-None-Match": "*"})
    assert (known.status_code, known.content) == (304, b"")
    assert "content-type" not in known.headers
    refused = await rest.http.get(path, headers={"If-Match": '"a"'})
    assert (refused.status_code, refused.json()["reason"]) == (412, "PRECONDITION_FAILED")
    # A condition never hides what is wrong without it.
    for condition in ({"If-None-Match": "*"}, {"If-Match": '"a"'}):
        answer = await rest.http.get("/v1/feeds/home", headers=condition)
        assert answer.json()["reason"] == "IDENTITY_REQUIRED"


async def test_a_write_that_expects_a_tag_is_not_done(rest: Rest) -> None:
    path = f"/v1/accounts/{BEN}/follow"
    refused = await rest.http.put(path, headers=rest.bearer() | {"If-Match": '"a"'})
    assert (refused.status_code, refused.json()["reason"]) == (412, "PRECONDITION_FAILED")
    assert not rest.graph.asked
    for passes in ({"If-Match": "*"}, {"If-None-Match": "*"}):
        key = {"Idempotency-Key": new_id()}
        assert (await rest.http.put(path, headers=rest.bearer(ANA) | passes | key)).is_success
