"""The stack that mishaps happen to: made again where one needs another, or has broken it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from kanvas_local.chaos import clock
from kanvas_local.chaos.clock import Clocks
from kanvas_local.chaos.deeds import INSTANCES, Scene
from kanvas_local.chaos.mishaps import Mishap
from kanvas_local.errors import StackError
from kanvas_local.layout import Layout
from kanvas_local.progress import ProgressLines
from kanvas_local.small_disk import SmallDisk, obstacle
from kanvas_local.stack import SERVERS, SERVICES, Stack

BASE_PORT = 10380
MEMORY = {"KANVAS_RECENT_BYTES": str(64 * 1024)}
"""Some fifty posts: every feed that is read to its end is read from Cassandra."""
_DISK_MEGABYTES = 4096
"""A stack starts on no less than 2 GB. No memory is used but for what lies there."""


class ChaosStage:
    """One stack after the other, in one folder. `close` stops the last one."""

    def __init__(self, root: Path) -> None:
        self._layout = Layout(root)
        self._evidence = root.with_name(f"{root.name}-evidence")
        self._clocks = Clocks(self._layout.run / "clocks")
        layout = self._layout
        # The outer disk first: what is mounted before it would lie below it.
        self._disks = {
            "supervisor": SmallDisk(layout.root, _DISK_MEGABYTES),
            "kafka": SmallDisk(layout.data / "kafka", _DISK_MEGABYTES),
            "cassandra": SmallDisk(layout.data / "cassandra", _DISK_MEGABYTES),
            "pictures": SmallDisk(layout.media, _DISK_MEGABYTES),
        }
        self._stack: Stack | None = None
        self._on_small_disks = False
        self._wipe()
        shutil.rmtree(self._evidence, ignore_errors=True)

    def needs_another(self, mishap: Mishap) -> bool:
        """Return whether the stack that runs cannot be used, and its data will be gone."""
        return self._stack is not None and mishap.disk != self._on_small_disks

    def ready(self, mishap: Mishap) -> Scene:
        """Return a stack with all that a mishap needs, running and ready.

        Raises:
            StackError: The stack cannot be started.
        """
        if self.needs_another(mishap):
            self._wipe()
        if self._stack is None and mishap.disk:
            for disk in self._disks.values():
                disk.mount()
        self._on_small_disks = mishap.disk
        self._stack = Stack(
            self._layout.root,
            BASE_PORT,
            instances=len(INSTANCES),
            progress=ProgressLines(),
            env=self._environment(mishap),
        )
        self._stack.start((*SERVERS, *SERVICES))
        return Scene(self._stack, self._disks if mishap.disk else {}, self._clocks)

    def put_aside(self, name: str) -> str:
        """Keep the logs of a stack that broke a promise; return where, and go on with a new one."""
        kept = self._evidence / name
        shutil.copytree(self._layout.log, kept, dirs_exist_ok=True)
        for file in (self._layout.state, self._layout.plan):
            if file.exists():
                shutil.copy(file, kept)
        self._wipe()
        return str(kept)

    def close(self) -> None:
        """Stop everything; the logs stay, but for those on small disks."""
        if self._on_small_disks:
            self._wipe()
        elif self._stack is not None:
            self._stop(self._stack)
        self._stack = None

    def _environment(self, mishap: Mishap) -> Mapping[str, Mapping[str, str]]:
        timed = {
            f"{mishap.clock}-{instance}": self._clocks.environment(f"{mishap.clock}-{instance}")
            for instance in INSTANCES
            if mishap.clock
        }
        return {"timeline": MEMORY, **timed}

    def _stop(self, stack: Stack) -> None:
        try:
            stack.stop()
        except StackError:
            # Its supervisor was broken by a mishap. Without it the stack ends what is left.
            supervisor = stack.state.supervisor
            if supervisor is not None and (found := supervisor.find()):
                found.kill()
                found.wait()
            stack.stop()

    def _wipe(self) -> None:
        if self._layout.state.exists():
            self._stop(Stack.at(self._layout.root))
        for disk in reversed(self._disks.values()):
            disk.unmount()
        shutil.rmtree(self._layout.root, ignore_errors=True)
        self._stack = None


def why_not(mishap: Mishap) -> str:
    """Return why a mishap cannot be tried on this machine; empty where it can."""
    if mishap.disk and (trouble := obstacle()):
        return f"no small disk can be mounted here ({trouble})"
    if mishap.clock and clock.library() is None:
        return "libfaketime is not installed (Debian and Ubuntu: apt-get install faketime)"
    return ""
