"""The images hold all that the programs need, and the programs start from there."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kanvas_k8s.agreement import PROBES, SETTINGS
from kanvas_k8s.resources import K8S
from kanvas_local.ports import address
from kanvas_local.triton import model_names
from tests.integration.k8s.dockerfiles import play
from tests.patience import until
from tests.ports import free_base

pytestmark = pytest.mark.long(seconds=25)

_PYTHON = Path(sys.executable).resolve()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the environment of the image of the services."""
    root = tmp_path_factory.mktemp("services")
    play(K8S / "images/services.Dockerfile", "packages", root, _PYTHON)
    return root / "opt/kanvas"


@pytest.fixture(scope="module")
def painters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the environment of the image of Triton."""
    root = tmp_path_factory.mktemp("triton")
    dockerfile = K8S / "images/triton.Dockerfile"
    play(dockerfile, "tools", root, _PYTHON)
    play(dockerfile, "packages", root, _PYTHON)
    return root / "opt/kanvas"


def run(environment: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the Python of an image, with no variable set."""
    return subprocess.run(
        [environment / "bin/python", *arguments],
        env={},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("program", SETTINGS)
def test_each_program_starts_and_says_which_settings_it_lacks(services: Path, program: str) -> None:
    ended = run(services, "-m", program, "serve")
    assert ended.returncode == 1
    assert "instance\n  Field required" in ended.stderr


def test_what_a_program_reads_beside_its_code_is_there(services: Path) -> None:
    described = run(services, "-m", "kanvas_gateway.describe_rest")
    assert json.loads(described.stdout)["info"]["title"]
    schema = "from kanvas_timeline.bootstrap import _SCHEMA; print(*_SCHEMA.glob('*.cql'))"
    assert len(run(services, "-c", schema).stdout.split()) > 1


def test_an_image_holds_what_runs_and_no_more(services: Path) -> None:
    named = "from importlib.metadata import distributions as d; print(*(e.name for e in d()))"
    installed = set(run(services, "-c", named).stdout.split())
    assert {program.replace("_", "-") for program in SETTINGS} <= installed
    assert installed & {"pytest", "mypy", "ruff", "uv", "pip", "kanvas-local"} == set()


@contextmanager
def serving(environment: Path, ops: str, grpc: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run social-graph, which looks for a Kafka that is not there."""
    variables = {
        "KANVAS_INSTANCE": "social-graph-0",
        "KANVAS_GRPC_LISTEN": grpc,
        "KANVAS_OPS_LISTEN": ops,
        "KANVAS_KAFKA": "127.0.0.1:9",
    }
    command = [str(environment / "bin/python"), "-m", "kanvas_social_graph", "serve"]
    with subprocess.Popen(command, env=variables, cwd="/", stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_a_service_answers_its_probes_and_ends_when_it_is_told(services: Path) -> None:
    base = free_base((0, 1))
    ops = address(base + 1)
    async with httpx.AsyncClient(base_url=f"http://{ops}") as http:

        async def alive() -> bool:
            try:
                return (await http.get(PROBES["livenessProbe"])).status_code == 200
            except httpx.HTTPError:
                return False

        with serving(services, ops, address(base)) as process:
            await until(alive)
            ready = await http.get(PROBES["readinessProbe"])
            assert (ready.status_code, "replica" in ready.json()["missing"]) == (503, True)
            process.send_signal(signal.SIGTERM)
            await until(lambda: process.poll() is not None)
            assert process.returncode == 0


def test_triton_finds_the_painters_of_every_model(painters: Path) -> None:
    names = model_names(K8S.parents[1] / "libs/painters/model_repository")
    for name in names:
        work = f"from kanvas_painters.{name}.order import {name.title()}Work"
        assert run(painters, "-c", work).stderr == ""
    networks = "from kanvas_painters.easel.networks import networks; networks()"
    assert run(painters, "-c", networks).stderr == ""
