"""Triton Inference Server, on the CPU, with the Python backend and our own model repository.

The server is the binary inside the nvidia-pytriton package; the models run in
child processes (`stubs`) on the Python of our virtual environment.
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.layout import REPOSITORY, Layout
from kanvas_local.machine import shared_python
from kanvas_local.ports import HOST, Ports, address
from kanvas_local.units import Unit
from kanvas_local.versions import digest_of

MODELS = REPOSITORY / "libs/painters/model_repository"
_STUB = "triton_python_backend_stub"
_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
_VERSIONED = f"python{_VERSION}"
_OUR_PACKAGES = ("libs/painters/src", "libs/paint-contract/src")
"""What the models import of this repository."""


@dataclass(frozen=True)
class TritonUnit:
    """How to run Triton in one stack."""

    layout: Layout
    ports: Ports
    carrier: Path
    """Where nvidia-pytriton lies unpacked."""
    models: Path = MODELS
    """The model repository: every folder in it that has a config.pbtxt is loaded."""

    def units(self) -> list[Unit]:
        """Assemble its folder; return the server, which loads every model of the repository."""
        names = model_names(self.models)
        folder = self._work_folder()
        server = self.carrier / "pytriton/tritonserver/bin/tritonserver"
        # Not by the ports: other users, and other networks of this machine, may have the same.
        of = hashlib.sha256(str(self.layout.root).encode()).hexdigest()[:12]
        shared_memory = f"kanvas-triton-{of}-"
        argv = [
            "env",
            f"--chdir={folder}",
            str(server),
            "--model-repository=models",
            "--backend-directory=backends",
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
                env=self._environment(folder),
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

    def _environment(self, folder: Path) -> dict[str, str]:
        libraries = f"{self.carrier / 'nvidia_pytriton.libs'}:{shared_python().parent}"
        # The stub finds our packages through `python3` on the PATH; PYTHONPATH would be ignored.
        path = f"{folder / 'python/bin'}:/usr/local/bin:/usr/bin:/bin"
        return {"LD_LIBRARY_PATH": libraries, "PATH": path}

    def _work_folder(self) -> Path:
        """Return the folder that Triton runs in, where all it is told of has a plain relative name.

        It starts its stubs through a shell, which parts unquoted paths at blanks; and
        a stub's Python reads lists of folders in ASCII, whatever the locale, so that
        it would not start where the repository lies in a folder named in other letters.
        Made again in place: a Triton that runs has it as its working directory.
        """
        folder = self.layout.run / "triton"
        backend = folder / "backends/python"
        packages = folder / "python/lib" / _VERSIONED / "site-packages"
        for made in (backend, packages, folder / "models"):
            made.mkdir(parents=True, exist_ok=True)
        server = self.carrier / "pytriton/tritonserver"
        files = {file.name: file for file in (server / "backends/python").iterdir()}
        files[_STUB] = server / "python_backend_stubs" / _VERSION / _STUB
        _link(backend, files)
        _link(folder / "models", {name: self.models / name for name in model_names(self.models)})
        _link(folder / "python", {"bin": Path(sys.executable).parent})
        base = Path(sys._base_executable)  # type: ignore[attr-defined] # noqa: SLF001
        (folder / "python/pyvenv.cfg").write_text(f"home = {base.parent}\n", encoding="utf-8")
        self._link_packages(packages)
        return folder

    def _link_packages(self, packages: Path) -> None:
        """Show the stub's Python the packages of our virtual environment, and our own."""
        places = [Path(sysconfig.get_path("purelib"))]
        places += [REPOSITORY / source for source in _OUR_PACKAGES]
        links = {f"link-{number}": place for number, place in enumerate(places)}
        _link(packages, links)
        (packages / "kanvas.pth").write_text("".join(f"{name}\n" for name in links))


def _link(folder: Path, links: Mapping[str, Path]) -> None:
    """Make `links` the only links in `folder`."""
    for link in folder.iterdir():
        if link.is_symlink() and (link.name not in links or link.readlink() != links[link.name]):
            link.unlink()
    for name, target in links.items():
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(target)


def model_names(repository: Path) -> list[str]:
    """Return the models of a Triton repository, in the order of their names."""
    return sorted(config.parent.name for config in repository.glob("*/config.pbtxt"))
