"""Asking for an export, and how it stands."""

from kanvas.graph.v1.records_pb2 import Export
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.commands import AskExport
from kanvas_social_graph.errors import ExportUnknown
from kanvas_social_graph.ports import GraphReplica


async def ask_export(
    command_id: str,
    actor: str,
    *,
    replica: GraphReplica,
    commands: Commands,
    pause_seconds: float,
    timeout: float,
) -> Export:
    """Ask for an archive of what belongs to the actor; return the export that was asked for last.

    Raises:
        InvalidArgument: The command id is not a UUIDv7.
        AccountUnknown: The actor has no account.
        ExportTooSoon: The last one was asked for less than `pause_seconds` ago.
        KanvasError: What `Commands.submit` raises.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    violations.raise_if_any()
    body = AskExport(command_id, pause_seconds)
    await commands.submit(
        Command(id=command_id, actor=actor, body=body, content=b"export"), timeout
    )
    return replica.state.exports[actor]


def find_export(account_id: str, *, replica: GraphReplica) -> Export:
    """Return the export that an account asked for last.

    Raises:
        ExportUnknown: There was none.
    """
    export = replica.state.exports.get(account_id)
    if export is None:
        raise ExportUnknown("You have not asked for an export yet.")
    return export
