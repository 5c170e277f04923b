"""What a call of a method needs, as its contract says: the option `kanvas.rpc.v1.access`."""

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from kanvas.rpc.v1 import access_pb2 as pb

_ATTEMPT_SECONDS = 2.0


def access(method: MethodDescriptor) -> pb.Access:
    """Return what the contract says of a method.

    Raises:
        ValueError: The contract does not say all of it.
    """
    said = method.GetOptions().Extensions[pb.access]
    if not (said.kind and said.identity):
        raise ValueError(f"{method.full_name} does not say its access; see kanvas/rpc/v1")
    return said


def for_leader(method: MethodDescriptor) -> bool:
    """Return whether only the leader may answer a method; raise as `access` does."""
    return access(method).kind in (pb.KIND_WRITE, pb.KIND_LEADER)


def identity_required(method: MethodDescriptor) -> bool:
    """Return whether a call must name the account it acts for; raise as `access` does."""
    return access(method).identity == pb.IDENTITY_REQUIRED


def attempt_seconds(path: str) -> float:
    """Return how long a client waits for one attempt before it asks another instance.

    Args:
        path: The method as generated stubs name it: `/kanvas.graph.v1.SocialGraphService/Follow`.

    Raises:
        KeyError: No loaded contract has such a method.
        ValueError: As `access` does.
    """
    service, _, name = path.removeprefix("/").partition("/")
    method = descriptor_pool.Default().FindMethodByName(f"{service}.{name}")
    return access(method).attempt_seconds or _ATTEMPT_SECONDS
