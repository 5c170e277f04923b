"""What a call of a method needs, as its contract says: the option `kanvas.rpc.v1.access`."""

from google.protobuf.descriptor import MethodDescriptor

from kanvas.rpc.v1 import access_pb2 as pb


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
