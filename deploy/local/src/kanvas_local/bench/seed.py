"""People who follow somebody: written into the graph's log before any service reads it.

Passwords are what makes an account dear (each is hashed for a tenth of a second), and nobody here
signs in: tokens are signed with the stack's own key. So the log is written as social-graph would
have written it, without credentials, and the timeline copies it as it copies any graph.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaProducer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kanvas.graph.v1.records_pb2 import Account, Follow, GraphRecord
from kanvas_platform.ids import new_id

_TOPIC = "kanvas.graph.v1"
_TOKEN_SECONDS = 12 * 3600
_BATCH = 1_000


@dataclass(frozen=True)
class SeededGraph:
    """An author, and everybody who follows the author.

    Attributes:
        author: Account id.
        readers: Account ids.
    """

    author: str
    readers: tuple[str, ...]


async def seed(kafka: str, readers: int) -> SeededGraph:
    """Write the graph of an author with so many followers; the log must be empty."""
    audience = SeededGraph(new_id(), tuple(new_id() for _ in range(readers)))
    records = [
        (f"account:{account}", "account", GraphRecord(account=_account(number, account)))
        for number, account in enumerate((audience.author, *audience.readers))
    ] + [
        (f"follow:{reader}:{audience.author}", "follow", GraphRecord(follow=Follow(
            follower_id=reader, followee_id=audience.author, active=True)))
        for reader in audience.readers
    ]  # fmt: skip
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=5)
    await producer.start()
    try:
        sent = []
        for position, (key, kind, record) in enumerate(records, 1):
            record.meta.position = record.meta.created_position = position
            record.meta.decided_at.GetCurrentTime()
            value = record.SerializeToString()
            headers = _headers(position, key, kind)
            sent.append(await producer.send(_TOPIC, value, key.encode(), headers=headers))
            if len(sent) == _BATCH or position == len(records):
                for future in sent:
                    await future
                sent.clear()
    finally:
        await producer.stop()
    return audience


def write_tokens(path: Path, key_file: Path, accounts: tuple[str, ...]) -> None:
    """Write a stream token a line for each account, signed with the gateways' key."""
    key = load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{key_file.name} holds no Ed25519 key")
    path.write_text("".join(f"{_token(key, account)}\n" for account in accounts))


def _account(number: int, account: str) -> Account:
    made = Account(id=account, handle=f"bench{number:05}", display_name="Bench", version=1)
    made.created_at.GetCurrentTime()
    return made


def _headers(position: int, key: str, kind: str) -> list[tuple[str, bytes]]:
    fields = {
        "ce_specversion": "1.0",
        "ce_id": str(position),
        "ce_source": f"/kanvas/social-graph/{_TOPIC}",
        "ce_type": f"kanvas.graph.{kind}.v1",
        "ce_subject": key,
        "ce_time": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "content-type": "application/protobuf",
    }
    return [(name, value.encode()) for name, value in fields.items()]


def _token(key: Ed25519PrivateKey, account: str) -> str:
    now = int(time.time())
    head = {"alg": "Ed25519", "typ": "JWT"}
    claims = {
        "iss": "kanvas",
        "aud": "kanvas-stream",
        "sub": account,
        "iat": now,
        "exp": now + _TOKEN_SECONDS,
        "jti": new_id(),
        "sid": new_id(),  # of a session that nobody ends
    }
    signed = f"{_base64(json.dumps(head).encode())}.{_base64(json.dumps(claims).encode())}"
    return f"{signed}.{_base64(key.sign(signed.encode()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
