"""A client of the REST API that repeats until it is answered, as a good client does.

Every write carries an `Idempotency-Key`, so repeating it after a time-out cannot do it twice.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from kanvas_platform.ids import new_id

ATTEMPT_SECONDS = 4.0
"""Longer than any call takes but those that hash a password, which wait their turn."""
HASHING_SECONDS = 10.0
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.2

_HASHING = frozenset({"/v1/accounts", "/v1/sessions", "/v1/accounts/me/deletion"})
_REPEATABLE = frozenset({408, 429, 500, 502, 503, 504})


class Refused(Exception):
    """The API answered with a problem that repeating cannot mend; `problem` is its document."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('reason')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem


class GaveUp(Exception):
    """No instance answered for as long as a patient person would wait."""


@dataclass
class Session:
    """One account's view of the API, over every gateway instance.

    A call goes to one instance and moves on to the next when that one does not answer within
    `attempt_seconds` or answers that it cannot now.
    """

    gateways: Sequence[str]
    token: str = ""
    account: Mapping[str, Any] = field(default_factory=dict)
    repeats: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    """How often each answer came that a call was repeated for, such as `503 NOT_FRESH`."""
    patience: float = PATIENCE_SECONDS
    attempt_seconds: float = ATTEMPT_SECONDS
    _http: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(timeout=ATTEMPT_SECONDS)
    )
    _turn: int = field(default_factory=lambda: secrets.randbelow(2))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def sign_up(self, handle: str, display_name: str, password: str) -> None:
        """Make an account and act for it from now on; sign in where the handle is ours."""
        body = {"handle": handle, "display_name": display_name, "password": password}
        try:
            answer = await self.post("/v1/accounts", {**body, "id": new_id()})
        except Refused as refused:
            if refused.problem.get("reason") != "HANDLE_TAKEN":
                raise
            await self.sign_in(handle, password)
            return
        self.token, self.account = answer["token"], answer["account"]

    async def sign_in(self, handle: str, password: str) -> None:
        """Act for an account from now on, with a new token."""
        answer = await self.post("/v1/sessions", {"handle": handle, "password": password})
        self.token, self.account = answer["token"], answer["account"]

    async def get(self, path: str, **query: str | int) -> Any:
        """Return the document at a path."""
        return await self._call("GET", path, None, query)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a document and return that of the answer."""
        return await self._call("POST", path, body, {})

    async def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something in parts and return the document of the answer."""
        return await self._call("PATCH", path, body, {})

    async def put(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Put something in place and return the document of the answer."""
        return await self._call("PUT", path, body, {})

    async def delete(self, path: str) -> Any:
        """Take something away and return the document of the answer."""
        return await self._call("DELETE", path, None, {})

    async def download(self, path: str) -> bytes:
        """Return the bytes at a path."""
        return (await self._respond("GET", path, None, {})).content

    async def peek(self, gateway: str, path: str, **query: str | int) -> tuple[int, Any]:
        """Ask one gateway once; return status and document, or status 0 where no answer came."""
        try:
            response = await self._http.get(
                gateway + path,
                params=dict(query),
                headers=self._identity(),
                timeout=self.attempt_seconds,
            )
        except httpx.HTTPError as error:
            self.refusals[type(error).__name__] += 1
            return 0, None
        if response.status_code in _REPEATABLE:
            self.refusals[_name(response)] += 1
        return response.status_code, _document(response)

    def _identity(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str | int],
    ) -> Any:
        response = await self._respond(method, path, body, query)
        return response.json() if response.content else None

    async def _respond(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str | int],
    ) -> httpx.Response:
        headers = self._identity()
        if method != "GET":
            headers["Idempotency-Key"] = str(body["id"]) if body and "id" in body else new_id()
        give_up_at = time.monotonic() + self.patience
        while True:
            turn = self._turn
            url = self.gateways[turn % len(self.gateways)] + path
            try:
                response = await self._http.request(
                    method,
                    url,
                    json=body,
                    params=dict(query),
                    headers=headers,
                    timeout=HASHING_SECONDS if path in _HASHING else self.attempt_seconds,
                )
            except httpx.HTTPError as error:
                answer = type(error).__name__
            else:
                if response.status_code not in _REPEATABLE:
                    return _accepted(response)
                answer = _name(response)
            self.refusals[answer] += 1
            if time.monotonic() > give_up_at:
                raise GaveUp(
                    f"{method} {path} was not answered in {self.patience:.0f} s; "
                    f"the last answer: {answer} from {url}"
                )
            if self._turn == turn:
                # Of several calls that failed here, the first moves on, for all of them.
                self._turn += 1
            self.repeats += 1
            await asyncio.sleep(PAUSE_SECONDS)


def _accepted(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    raise Refused(response.status_code, _document(response))


def _document(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return {"reason": "NOT_JSON", "detail": "The answer is not a JSON document."}


def _name(response: httpx.Response) -> str:
    return f"{response.status_code} {_document(response).get('reason')}"


async def reachable_gateways(candidates: Sequence[str]) -> list[str]:
    """Return those of the addresses at which a gateway answers now."""
    async with httpx.AsyncClient(timeout=ATTEMPT_SECONDS) as http:

        async def answers(url: str) -> bool:
            try:
                return (await http.get(f"{url}/v1/config")).is_success
            except httpx.HTTPError:
                return False

        found = await asyncio.gather(*(answers(url) for url in candidates))
    return [url for url, up in zip(candidates, found, strict=True) if up]
