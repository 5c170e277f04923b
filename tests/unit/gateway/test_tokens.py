import json
from base64 import urlsafe_b64encode
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from kanvas_gateway.errors import TokenExpired, TokenForeign, TokenInvalid
from kanvas_gateway.tokens import ACCESS_SECONDS, CLOCK_LEEWAY_SECONDS, PAGE_SECONDS, Tokens
from kanvas_platform.ids import new_id
from kanvas_platform.testing.clock import ManualClock

ANA, SESSION = new_id(), new_id()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return new_key(tmp_path / "key.pem")


def new_key(path: Path) -> Path:
    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    return path


@pytest.fixture
def tokens(key_file: Path, clock: ManualClock) -> Tokens:
    return Tokens(key_file=key_file, clock=clock)


def test_a_token_says_whose_it_is_and_until_when(tokens: Tokens, clock: ManualClock) -> None:
    identity = tokens.check(tokens.access(ANA, SESSION).text, "kanvas-api")
    assert (identity.account_id, identity.session_id) == (ANA, SESSION)
    assert identity.expires_at == int(clock.now() + ACCESS_SECONDS)


def test_a_token_says_that_its_account_is_being_deleted(tokens: Tokens) -> None:
    made = tokens.access(ANA, SESSION, deleting=True), tokens.page(ANA, SESSION, deleting=True)
    for token in made:
        identity = tokens.check(token.text, "kanvas-api", "kanvas-page")
        assert identity.deleting
        assert tokens.check(tokens.stream(identity).text, "kanvas-stream").deleting
    assert not tokens.check(tokens.page(ANA, SESSION).text, "kanvas-page").deleting


def test_a_session_lasts_two_weeks_whether_a_page_is_open_or_not(
    tokens: Tokens, clock: ManualClock
) -> None:
    session = tokens.page(ANA, SESSION).text
    clock.advance(PAGE_SECONDS - 1)
    assert tokens.check(session, "kanvas-page").account_id == ANA
    clock.advance(1)
    with pytest.raises(TokenExpired):
        tokens.check(session, "kanvas-page")
    assert PAGE_SECONDS == 14 * 24 * 3600


def test_a_token_ends_with_its_session(tokens: Tokens, clock: ManualClock) -> None:
    ends_at = clock.now() + 100
    for token in (
        tokens.page(ANA, SESSION, ends_at=ends_at),
        tokens.access(ANA, SESSION, ends_at=ends_at),
    ):
        assert token.expires_at == int(ends_at)


def test_two_gateways_with_one_key_trust_each_other(
    tokens: Tokens, key_file: Path, clock: ManualClock
) -> None:
    other = Tokens(key_file=key_file, clock=clock)
    assert other.check(tokens.access(ANA, SESSION).text, "kanvas-api").account_id == ANA


def test_a_key_may_be_a_json_web_key(key_file: Path, clock: ManualClock, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(OKPKey.import_key(key_file.read_bytes()).as_dict(private=True)))
    pem, jwk = Tokens(key_file=key_file, clock=clock), Tokens(key_file=path, clock=clock)
    assert jwk.check(pem.access(ANA, SESSION).text, "kanvas-api").account_id == ANA


def test_a_token_runs_out(tokens: Tokens, clock: ManualClock) -> None:
    token = tokens.access(ANA, SESSION).text
    clock.advance(ACCESS_SECONDS - 1)
    tokens.check(token, "kanvas-api")
    clock.advance(1)
    with pytest.raises(TokenExpired):
        tokens.check(token, "kanvas-api")


def test_a_token_of_a_gateway_whose_clock_is_ahead_is_good(key_file: Path) -> None:
    behind, ahead = ManualClock(), ManualClock()
    ahead.advance(CLOCK_LEEWAY_SECONDS)
    token = Tokens(key_file=key_file, clock=ahead).access(ANA, SESSION).text
    assert Tokens(key_file=key_file, clock=behind).check(token, "kanvas-api").account_id == ANA


def test_a_token_from_the_future_may_be_good_elsewhere(
    tokens: Tokens, key_file: Path, clock: ManualClock
) -> None:
    ahead = ManualClock(clock.now() + CLOCK_LEEWAY_SECONDS + 2)
    with pytest.raises(TokenForeign):
        tokens.check(Tokens(key_file=key_file, clock=ahead).access(ANA, SESSION).text, "kanvas-api")


def test_a_token_of_another_key_may_be_good_elsewhere(
    tokens: Tokens, clock: ManualClock, tmp_path: Path
) -> None:
    newer = Tokens(key_file=new_key(tmp_path / "newer.pem"), clock=clock)
    with pytest.raises(TokenForeign):
        tokens.check(newer.access(ANA, SESSION).text, "kanvas-api")


def test_a_key_takes_the_place_of_another_and_signs_nobody_out(
    key_file: Path, clock: ManualClock, tmp_path: Path
) -> None:
    newer = new_key(tmp_path / "newer.pem")
    steps = [
        Tokens(key_file=key_file, clock=clock),
        Tokens(key_file=key_file, other_key_file=_public_half(newer), clock=clock),
        Tokens(key_file=newer, other_key_file=_public_half(key_file), clock=clock),
    ]
    # At each step some gateways have made it, and the others have not.
    for before, after in pairwise(steps):
        for signing, checking in ((before, after), (after, before)):
            token = signing.access(ANA, SESSION).text
            assert checking.check(token, "kanvas-api").account_id == ANA
    last = Tokens(key_file=newer, clock=clock)
    assert last.check(steps[-1].access(ANA, SESSION).text, "kanvas-api").account_id == ANA
    with pytest.raises(TokenForeign):
        last.check(steps[0].access(ANA, SESSION).text, "kanvas-api")


def test_both_keys_are_told_to_whoever_checks_tokens(
    key_file: Path, clock: ManualClock, tmp_path: Path
) -> None:
    newer = new_key(tmp_path / "newer.pem")
    tokens = Tokens(key_file=newer, other_key_file=key_file, clock=clock)
    former = Tokens(key_file=key_file, clock=clock)
    keys = tokens.public_keys()["keys"]
    assert [key for key in keys if "d" in key] == []
    for signer in (tokens, former):
        signed = jwt.decode(
            signer.access(ANA, SESSION).text,
            KeySet.import_key_set({"keys": keys}),
            algorithms=["Ed25519"],
        )
        assert signed.claims["sub"] == ANA


def test_a_token_is_for_what_it_is_for(tokens: Tokens) -> None:
    identity = tokens.check(tokens.access(ANA, SESSION).text, "kanvas-api")
    stream = tokens.stream(identity).text
    assert tokens.check(stream, "kanvas-api", "kanvas-stream").account_id == ANA
    assert tokens.check(stream, "kanvas-stream").session_id == SESSION
    with pytest.raises(TokenInvalid):
        tokens.check(stream, "kanvas-api")


def _forged(tokens: Tokens, key_file: Path) -> dict[str, str]:
    good = tokens.access(ANA, SESSION).text
    header, payload, signature = good.split(".")
    own = OKPKey.import_key(key_file.read_bytes())
    claims = {"iss": "kanvas", "aud": "kanvas-api", "sub": ANA, "exp": 10**11, "iat": 0}
    signed = {"alg": "Ed25519"}
    return {
        "not a token": "x",
        "no signature": f"{header}.{payload}.",
        "another payload": f"{header}.{payload[:-2]}AA.{signature}",
        "another key": jwt.encode(
            signed, claims, OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"]
        ),
        "signed with the public key as a secret": jwt.encode(
            {"alg": "HS256"},
            claims,
            OctKey.import_key(str(own.as_dict(private=False)["x"])),
            algorithms=["HS256"],
        ),
        "no algorithm": "eyJhbGciOiJub25lIn0." + payload + ".",
        "another issuer": jwt.encode(
            signed, claims | {"iss": "other"}, own, algorithms=["Ed25519"]
        ),
        "no expiry": jwt.encode(
            signed,
            {name: value for name, value in claims.items() if name != "exp"},
            own,
            algorithms=["Ed25519"],
        ),
        "no account": jwt.encode(signed, claims | {"sub": "ana"}, own, algorithms=["Ed25519"]),
    }


@pytest.mark.parametrize(
    "how",
    [
        "not a token",
        "no signature",
        "another payload",
        "another key",
        "signed with the public key as a secret",
        "no algorithm",
        "another issuer",
        "no expiry",
        "no account",
    ],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_forged_token_is_not_believed(tokens: Tokens, key_file: Path, how: str) -> None:
    with pytest.raises(TokenInvalid) as refused:
        tokens.check(_forged(tokens, key_file)[how], "kanvas-api")
    assert not isinstance(refused.value, TokenForeign)


@pytest.mark.parametrize("header", [b"[" * 40_000, b'{"kid":' * 9_000, b"\xff\xfe", b"7", b""])
def test_rubbish_is_not_believed(tokens: Tokens, header: bytes) -> None:
    head = urlsafe_b64encode(header).decode().rstrip("=")
    for text in (head, f"{head}.e30.AA", f"{head}.."):
        with pytest.raises(TokenInvalid):
            tokens.check(text, "kanvas-api")


def test_the_public_keys_hold_nothing_private(tokens: Tokens) -> None:
    [key] = tokens.public_keys()["keys"]
    assert "d" not in key
    verified = jwt.decode(
        tokens.access(ANA, SESSION).text, OKPKey.import_key(key), algorithms=["Ed25519"]
    )
    assert verified.header["kid"] == key["kid"]


def test_another_kind_of_key_is_refused(tmp_path: Path, key_file: Path, clock: ManualClock) -> None:
    path = tmp_path / "curve.pem"
    path.write_bytes(
        generate_private_key(SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    with pytest.raises(ValueError, match=r"curve\.pem holds no Ed25519 key"):
        Tokens(key_file=path, clock=clock)
    with pytest.raises(ValueError, match=r"curve\.pem holds no Ed25519 key"):
        Tokens(key_file=key_file, other_key_file=path, clock=clock)


def test_a_public_key_does_not_sign(key_file: Path, clock: ManualClock) -> None:
    with pytest.raises(ValueError, match=r"public\.pem holds no private key"):
        Tokens(key_file=_public_half(key_file), clock=clock)


def _public_half(key_file: Path) -> Path:
    path = key_file.with_name("public.pem")
    path.write_bytes(OKPKey.import_key(key_file.read_bytes()).as_pem(private=False))
    return path
