"""A row that was deleted by hand, while the mark stands: the command finds it, and the sampler."""

import asyncio
import os
import subprocess
import sys
from urllib.request import urlopen
from uuid import UUID

from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.rpc.client import RpcClient
from tests.patience import PATIENCE_SECONDS, until

from .fleet import SCRIPT, Fleet, Process, SocialGraph

POSTS = 40


def audit(fleet: Fleet) -> subprocess.CompletedProcess[str]:
    environment = fleet.environment("audit", "127.0.0.1:1", "127.0.0.1:1")
    return subprocess.run(
        [sys.executable, str(SCRIPT), "audit"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def delete_row(fleet: Fleet, post_id: str) -> None:
    cluster, session = open_cluster([fleet.stack.cassandra], fleet.keyspace)
    session.execute("DELETE FROM posts WHERE post_id = %s", [UUID(post_id)], timeout=60)
    cluster.shutdown()


def metrics(process: Process) -> str:
    with urlopen(f"http://{process.ops}/metrics", timeout=PATIENCE_SECONDS) as answer:
        return str(answer.read().decode())


async def test_a_lost_row_is_found(
    fleet: Fleet, clients: list[RpcClient], social_graph: SocialGraph
) -> None:
    sampling = fleet.add()
    sampling.environment["KANVAS_AUDIT_SECONDS"] = "1"
    sampling.start()
    ada, _ = await social_graph.people(2, clients[0])
    made = [await ada.publish() for _ in range(POSTS)]
    await ada.delete(made[5].view.post.id)
    await asyncio.to_thread(sampling.wait_until_ready)
    found = await asyncio.to_thread(audit, fleet)
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"Compared {POSTS + 1} records about posts" in found.stdout

    # Of many samples of whole views none has found anything.
    async def sampled() -> bool:
        return await sampling.shows("kanvas_audit_records_total", 2 * POSTS)

    await until(sampled)
    assert "kanvas_audit_differences_total{" not in await asyncio.to_thread(metrics, sampling)

    lost = made[20].view.post.id
    await asyncio.to_thread(delete_row, fleet, lost)
    found = await asyncio.to_thread(audit, fleet)
    assert found.returncode == 1, found.stdout + found.stderr
    assert f"missing: post {lost} of account {ada.id}" in found.stdout
    assert "Result: 1 difference (1 missing)." in found.stdout

    async def counted() -> bool:
        text = await asyncio.to_thread(metrics, sampling)
        return 'kanvas_audit_differences_total{difference="missing"}' in text

    await until(counted)
