"""A Triton of one's own, to be killed and broken without disturbing anybody."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from kanvas_local.carriers import fetch_carrier
from kanvas_local.layout import Layout
from kanvas_local.ports import Ports
from kanvas_local.progress import ProgressLines
from kanvas_local.triton import TritonUnit
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_base

MODELS = Path(__file__).with_name("model_repository")


class TritonServer:
    """Triton with the models of a repository: by default that of the tests, `sketch`."""

    def __init__(self, folder: Path, models: Path = MODELS) -> None:
        layout = Layout(folder)
        layout.make()
        ports = Ports(free_base((15, 16, 17)))
        carrier = fetch_carrier("nvidia-pytriton", ProgressLines(quiet=True))
        self._unit = TritonUnit(layout, ports, carrier, models).units()[0]
        self._ready_url = f"http://127.0.0.1:{ports.triton_http}/v2/health/ready"
        self._log = folder / "triton.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.target = f"127.0.0.1:{ports.triton_grpc}"

    def start(self) -> None:
        """Start the server unless it runs, and wait until it is ready.

        A fixture calls this before each test: now and then Triton 2.51 ends with signal 11 after
        a stream that has ended with an error. `make run` has a supervisor for that.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self.kill()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._unit.argv,
                env={**os.environ, **self._unit.env},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.is_ready():
            assert time.monotonic() < end, self._log.read_text()[-2000:]
            assert self._process.poll() is None, self._log.read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill the server and the processes of its models."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def log(self) -> str:
        """Return what it has said."""
        return self._log.read_text()

    def is_ready(self) -> bool:
        try:
            return httpx.get(self._ready_url, timeout=1).is_success
        except httpx.TransportError:
            return False


@contextmanager
def triton_server(folder: Path, models: Path = MODELS) -> Iterator[TritonServer]:
    server = TritonServer(folder, models)
    try:
        yield server
    finally:
        server.kill()
