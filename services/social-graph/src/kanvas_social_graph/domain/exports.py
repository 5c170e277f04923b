"""What an export is: an archive of what belongs to an account, which the account asked for.

An account has one export, the one that it asked for last: asking for another takes its place, and
its archive goes. It is asked for, then ready or failed; what was ready is gone when it was kept
long enough.
"""

from typing import Final, NamedTuple

from kanvas.graph.v1.records_pb2 import (
    EXPORT_STATE_ASKED,
    EXPORT_STATE_FAILED,
    EXPORT_STATE_GONE,
    EXPORT_STATE_READY,
    Archive,
    Export,
    ExportState,
)
from kanvas_platform.kafka.store.codecs import ID, NUMBER, NUMBER_BYTES, Codec
from kanvas_platform.timestamps import to_seconds, to_timestamp


def asked(export_id: str, account_id: str, now: float) -> Export:
    """Return an export that is asked for now."""
    return Export(
        id=export_id, account_id=account_id, state=EXPORT_STATE_ASKED, asked_at=to_timestamp(now)
    )


def ready(export: Export, archive: Archive, now: float, keep_seconds: float) -> Export:
    """Return an export whose archive was made now."""
    after = _ended(export, EXPORT_STATE_READY, now)
    after.archive.CopyFrom(archive)
    after.kept_until.CopyFrom(to_timestamp(now + keep_seconds))
    return after


def failed(export: Export, now: float) -> Export:
    """Return an export that is given up now."""
    return _ended(export, EXPORT_STATE_FAILED, now)


def gone(export: Export) -> Export:
    """Return an export whose archive is kept no longer. Nothing leads to the archive any more."""
    after = Export()
    after.CopyFrom(export)
    after.state = EXPORT_STATE_GONE
    after.ClearField("archive")
    return after


def forgotten(export: Export) -> Export:
    """Return what stays of an export whose account is erased: that there was one."""
    return Export(id=export.id, account_id=export.account_id, state=EXPORT_STATE_GONE)


def is_forgotten(export: Export) -> bool:
    """Say whether nothing of an export is left but that there was one."""
    return not export.HasField("asked_at")


def seconds_to_wait(export: Export, now: float, pause_seconds: float) -> float:
    """Return after how many seconds another one may be asked for; not above 0: now.

    One that failed is nobody's fault who asks: another one may be asked for at once.
    """
    if export.state == EXPORT_STATE_FAILED:
        return 0.0
    return to_seconds(export.asked_at) + pause_seconds - now


def _ended(export: Export, state: ExportState.ValueType, now: float) -> Export:
    after = Export()
    after.CopyFrom(export)
    after.state = state
    after.ended_at.CopyFrom(to_timestamp(now))
    return after


class Due(NamedTuple):
    """When something is to be done about an export, in microseconds of Unix time, and whose it is.

    One that was asked for is to be made from then on; one that is ready is kept until then.
    """

    at: int
    account_id: str

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.at / 1e6


def due(export: Export) -> Due | None:
    """Return when something is to be done about an export; None where nothing is."""
    if export.state == EXPORT_STATE_ASKED:
        return Due(export.asked_at.ToMicroseconds(), export.account_id)
    if export.state == EXPORT_STATE_READY:
        return Due(export.kept_until.ToMicroseconds(), export.account_id)
    return None


_LAST_MICROSECOND: Final = 1 << 62


def _encode_due(one: Due) -> bytes:
    at = min(max(one.at, 0), _LAST_MICROSECOND)
    return NUMBER.encode(_LAST_MICROSECOND - at) + ID.encode(one.account_id)


def _decode_due(data: bytes) -> Due:
    at = _LAST_MICROSECOND - NUMBER.decode(data[:NUMBER_BYTES])
    return Due(at, ID.decode(data[NUMBER_BYTES:]))


DUE: Final[Codec[Due]] = Codec(_encode_due, _decode_due)
"""The microseconds up to a time far away, then an identifier: what is due first sorts highest."""


def archive_name(export: Export, attempt_id: str) -> str:
    """Return the name of the archive that an attempt makes.

    Whose it is stands in front, so that the name alone leads to the record that must name it.
    """
    return f"{export.account_id}/{export.id}/{attempt_id}"


def is_wanted(name: str, export: Export | None) -> bool:
    """Say whether an archive is to stay.

    An export that is being made may have several: those of attempts that died, and the one that is
    named in a moment.

    Args:
        name: Of the archive.
        export: The present one of the account that the name begins with.
    """
    if export is None:
        return False
    if export.state == EXPORT_STATE_ASKED:
        return name.startswith(f"{export.account_id}/{export.id}/")
    return name == export.archive.name
