"""Triton Inference Server, on the CPU, with the Python backend and our own model repository.

The server is the binary inside the nvidia-pytriton package; the models run in
child processes (`stubs`) on the Python of our virtual environment.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.layout import REPOSITORY, Layout
from kanvas_local.machine import shared_python
from kanvas_local.mutex import exclusive
from kanvas_local.ports import HOST, Ports, address
from kanvas_local.units import Unit
from kanvas_local.versions import digest_of

MODELS = REPOSITORY / "services/imagegen/model_repository"
_STUB = "triton_python_backend_stub"


@dataclass(frozen=True)
class Triton:
    """How to run Triton in one stack."""

    layout: Layout
    ports: Ports
    carrier: Path
    """Where nvidia-pytriton lies unpacked."""
    models: Path = MODELS
    """The model repository: every folder in it that has a config.pbtxt is loaded."""

    def units(self) -> list[Unit]:
        """Assemble the backend; the server, which loads every model of the repository."""
        names = model_names(self.models)
        repository = self.models if names else _empty(self.layout.etc / "no-models")
        server = self.carrier / "pytriton/tritonserver/bin/tritonserver"
        shared_memory = f"kanvas-triton-{self.ports.base}-"
        argv = [
            str(server),
            f"--model-repository={repository}",
            f"--backend-directory={self._backends()}",
            f"--http-address={HOST}",
            f"--grpc-address={HOST}",
            f"--metrics-address={HOST}",
            f"--http-port={self.ports.triton_http}",
            f"--grpc-port={self.ports.triton_grpc}",
            f"--metrics-port={self.ports.triton_metrics}",
            "--model-control-mode=explicit",
            f"--backend-config=python,shm-region-prefix-name={shared_memory}",
            *(f"--load-model={name}" for name in names),
        ]
        return [
            Unit(
                name="triton",
                argv=tuple(argv),
                env=self._environment(),
                probe=f"http:{address(self.ports.triton_http)}/v2/health/ready",
                ports=(
                    self.ports.triton_http,
                    self.ports.triton_grpc,
                    self.ports.triton_metrics,
                ),
                stop_seconds=10,
                stop_rank=2,
                workers=bool(names),
                shared_memory=shared_memory,
                version=digest_of(self.models),
            )
        ]

    def _environment(self) -> dict[str, str]:
        libraries = f"{self.carrier / 'nvidia_pytriton.libs'}:{shared_python().parent}"
        # The stub finds our packages through `python3` on the PATH; PYTHONPATH would be ignored.
        path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        return {"LD_LIBRARY_PATH": libraries, "PATH": path}

    def _backends(self) -> Path:
        """The backend folder Triton wants: the library and the stub for our Python side by side."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        made = self.carrier.with_name(f"{self.carrier.name}-backends-{version}")
        server = self.carrier / "pytriton/tritonserver"
        stub = server / "python_backend_stubs" / version / _STUB
        with exclusive(made.with_name("backends.lock")):
            if made.exists():
                return made
            with tempfile.TemporaryDirectory(dir=made.parent, prefix=".part-") as part:
                folder = Path(part) / "backends"
                shutil.copytree(server / "backends/python", folder / "python")
                shutil.copy2(stub, folder / "python" / _STUB)
                folder.rename(made)
        return made


def model_names(repository: Path) -> list[str]:
    """The models of a Triton repository, in the order of their names."""
    return sorted(config.parent.name for config in repository.glob("*/config.pbtxt"))


def _empty(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
