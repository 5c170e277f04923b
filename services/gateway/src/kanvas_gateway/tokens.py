"""Tokens: who somebody is, signed, so that no instance has to ask another.

JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037, named as in RFC 9864). An access token
is good for everything and lives an hour: it is a program's. A page token is as good, lives as long
as a session, 14 days, and is taken from the page's cookie only, which no script can read. A stream
token is good for authenticating a socket only, and lives five minutes, because scripts on a page
may read it. A browser token signs nobody in: it says for half a year who has signed in with a
browser, so that others cannot lock them out.

All but a browser token name the session (`sid`) that a sign-in made. Whether that goes on is not
looked up here: `ended_sessions` knows which have ended. It forgets an end soon after the session
would have ended by itself, so no token lives longer than its session does: the answer to a sign-in
that is repeated a day later neither.

A session that was made while its account is being deleted has tokens that say so (`deleting`). They
are good for keeping the account, and for nothing else. What a session may do never changes: both a
deletion and taking it back end all sessions of the account.
"""

import binascii
import json
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode

from kanvas_gateway.errors import TokenExpired, TokenForeign, TokenInvalid
from kanvas_platform.clock import Clock
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import new_id, parse_id

ALGORITHM = "Ed25519"
ISSUER = "kanvas"
ACCESS_SECONDS = 3600
PAGE_SECONDS = 14 * 86400
STREAM_SECONDS = 300
BROWSER_SECONDS = 180 * 86400
CLOCK_LEEWAY_SECONDS = 60
"""How far ahead the clock of the gateway that made a token may be."""

Audience = Literal["kanvas-api", "kanvas-page", "kanvas-stream", "kanvas-browser"]


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was made.

    Attributes:
        text: As it travels.
        expires_at: Unix seconds.
    """

    text: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Identity:
    """What a good token says.

    Attributes:
        account_id: Who it is.
        session_id: The session that a sign-in made; empty in a browser token.
        expires_at: Unix seconds at which that ends.
        deleting: Whether the account is being deleted, so that it can be kept, and no more.
    """

    account_id: str
    session_id: str
    expires_at: float
    deleting: bool = False


class Tokens:
    """The tokens of a gateway, made and checked.

    Args:
        key_file: Ed25519 private key, as PEM (PKCS #8) or as a JSON Web Key, which signs. All
            gateways have the same.
        other_key_file: Another one, or its public half. Tokens that it signed are good, too: so a
            key is known everywhere before it signs, and good for as long as its tokens live.
        clock: For the times in the tokens.

    Raises:
        ValueError: A file does not hold such a key.
    """

    def __init__(self, *, key_file: Path, other_key_file: Path | None = None, clock: Clock) -> None:
        self._key = _read_key(key_file)
        if not self._key.is_private:
            raise ValueError(f"{key_file.name} holds no private key")
        self._key_id = self._key.thumbprint()
        others = [_read_key(other_key_file)] if other_key_file else []
        self._good = {key.thumbprint(): key for key in (self._key, *others)}
        self._clock = clock
        self._rules = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now()),
            leeway=CLOCK_LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )

    def access(
        self, account_id: str, session_id: str, *, ends_at: float = inf, deleting: bool = False
    ) -> Token:
        """Make an access token for somebody who has shown their password.

        Args:
            account_id: Who it is.
            session_id: The session that a sign-in made.
            ends_at: Unix time at which the session ends by itself; the token does no later.
            deleting: Whether the account is being deleted.
        """
        who = Identity(account_id, session_id, ends_at, deleting)
        return self._make(who, "kanvas-api", ACCESS_SECONDS)

    def page(
        self, account_id: str, session_id: str, *, ends_at: float = inf, deleting: bool = False
    ) -> Token:
        """Make a page token, which nothing prolongs. See `access`."""
        who = Identity(account_id, session_id, ends_at, deleting)
        return self._make(who, "kanvas-page", PAGE_SECONDS)

    def stream(self, identity: Identity) -> Token:
        """Make a stream token for somebody who has shown an access token or a page token."""
        return self._make(replace(identity, expires_at=inf), "kanvas-stream", STREAM_SECONDS)

    def browser(self, account_id: str) -> Token:
        """Make a browser token for somebody who has shown their password."""
        return self._make(Identity(account_id, "", inf), "kanvas-browser", BROWSER_SECONDS)

    def check(self, text: str, *audiences: Audience) -> Identity:
        """Return whose token it is.

        Args:
            text: The token as it travelled.
            audiences: What the token may be for.

        Raises:
            TokenExpired: It was good.
            TokenForeign: It was made with another key, or by a clock that is too far ahead.
            TokenInvalid: It was not made by a gateway, was changed, or is for something else.
        """
        key_id = _key_named_by(text)
        key = self._key if key_id is None else self._good.get(key_id)
        if key is None:
            raise TokenForeign("The token was made with a key unknown here.")
        try:
            token = jwt.decode(text, key, algorithms=[ALGORITHM])
            self._check_times(token.claims)
            self._rules.validate(token.claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise TokenInvalid("The token is not valid.") from error
        return self._identity(token.claims, audiences)

    def _check_times(self, claims: dict[str, Any]) -> None:
        """Refuse a token outside of its time; one that says no time is left to the rules.

        The end has no leeway: a socket closes and a cookie is dropped at that moment.
        """
        now = self._clock.now()
        if float(claims["exp"]) <= now:
            raise TokenExpired("The token has expired.")
        if float(claims["iat"]) > now + CLOCK_LEEWAY_SECONDS:
            raise TokenForeign("The token is from the future: look at the clocks of the gateways.")

    def public_keys(self) -> dict[str, Any]:
        """Return the JSON Web Key Set with which anyone may check tokens."""
        return {
            "keys": [
                {**key.as_dict(private=False), "kid": key_id, "use": "sig", "alg": ALGORITHM}
                for key_id, key in self._good.items()
            ]
        }

    def _make(self, who: Identity, audience: Audience, seconds: float) -> Token:
        now = self._clock.now()
        expires_at = int(min(now + seconds, who.expires_at))
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": who.account_id,
            "iat": int(now),
            "exp": expires_at,
            "jti": new_id(now),
            **({"sid": who.session_id} if who.session_id else {}),
            **({"deleting": True} if who.deleting else {}),
        }
        header = {"alg": ALGORITHM, "kid": self._key_id, "typ": "JWT"}
        return Token(jwt.encode(header, claims, self._key, algorithms=[ALGORITHM]), expires_at)

    def _identity(self, claims: dict[str, Any], audiences: tuple[Audience, ...]) -> Identity:
        audience = claims.get("aud")
        if audience not in audiences:
            raise TokenInvalid("The token is for something else.")
        try:
            account_id = parse_id(str(claims["sub"]), "sub")
            session_id = "" if audience == "kanvas-browser" else parse_id(claims["sid"], "sid")
            deleting = claims.get("deleting", False) is not False
            return Identity(account_id, session_id, float(claims["exp"]), deleting)
        except (InvalidArgument, AttributeError, KeyError, TypeError, ValueError) as error:
            raise TokenInvalid("The token is not valid.") from error


def _key_named_by(text: str) -> str | None:
    """Return the id of the key with which a token says that it was signed, if it says so."""
    try:
        header = json.loads(urlsafe_b64decode(text.partition(".")[0].encode()))
        kid = header["kid"]
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        return None
    return kid if isinstance(kid, str) else None


def _read_key(path: Path) -> OKPKey:
    text = path.read_bytes()
    try:
        key = OKPKey.import_key(json.loads(text) if text.lstrip().startswith(b"{") else text)
    except (JoseError, ValueError) as error:
        raise ValueError(f"{path.name} holds no Ed25519 key") from error
    if key.get("crv") != "Ed25519":
        raise ValueError(f"{path.name} holds no Ed25519 key")
    return key
