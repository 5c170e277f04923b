"""What every model that ships does in a real Triton, whichever network or composer it is."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from pathlib import Path

import pytest
from PIL import Image

from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.domain.catalogue import CATALOGUE
from kanvas_imagegen.domain.contents import complete
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.ports import Painting, PaintingError, Preview
from kanvas_local.triton import MODELS
from kanvas_paint_contract.cards import ModelCard
from kanvas_platform.validation import Violations
from tests.integration.imagegen.triton_server import TritonServer, triton_server
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.servers

NAMES = [model.name for model in CATALOGUE.described()]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    with triton_server(tmp_path_factory.mktemp("shipped"), MODELS) as server:
        yield server


async def connected(server: TritonServer) -> TritonPainter:
    """Return a painter of a server that runs.

    Probed until one passes: on a busy machine the first attempts may be too slow, and a server
    that dies of an earlier test's stream may do so only now.
    """
    server.start()
    painter = TritonPainter(server.target, probe_model=CATALOGUE.default.name)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(PaintingError):
                await painter.probe(10.0)
                return painter
            server.start()


@pytest.fixture
async def painter(shipped: TritonServer) -> AsyncIterator[TritonPainter]:
    painter = await connected(shipped)
    yield painter
    await painter.close()


@pytest.fixture(params=NAMES)
def card(request: pytest.FixtureRequest) -> ModelCard:
    card = CATALOGUE.find(request.param)
    assert card is not None
    return card


def order(card: ModelCard, **changes: object) -> JobSpec:
    """Return what a job with all defaults becomes, then changed behind the service's back."""
    asked = JobSpec(prompt="a red fox in the snow", model=card.name, seed=7)
    spec = complete(asked, CATALOGUE, Violations())
    for name, value in changes.items():
        setattr(spec, name, value)
    return spec


async def parts_of(painter: TritonPainter, spec: JobSpec) -> list[Preview | Painting]:
    async with aclosing(painter.paint(spec)) as parts:
        return [part async for part in parts]


def test_triton_serves_what_the_catalogue_offers() -> None:
    assert sorted(NAMES) == sorted(path.parent.name for path in MODELS.glob("*/config.pbtxt"))


async def test_a_job_with_defaults_has_previews_and_a_picture_with_its_record(
    painter: TritonPainter, card: ModelCard
) -> None:
    *previews, painting = await parts_of(painter, order(card))
    assert isinstance(painting, Painting)
    assert len(previews) == card.default_steps - 1
    images = set()
    for preview in previews:
        assert isinstance(preview, Preview)
        images.add(preview.image)
        with Image.open(io.BytesIO(preview.image)) as image:
            assert image.size == (256, 256)
    assert len(images) == len(previews)
    with Image.open(io.BytesIO(painting.data)) as image:
        assert image.size == (card.sizes[0].width, card.sizes[0].height)
        spread = [high - low for low, high in image.convert("RGB").getextrema()]  # type: ignore[misc]
    assert max(spread) > 50
    assert (painting.model_version, painting.seed) == (card.version, 7)
    assert ("No generative AI" in painting.statement) is not card.generative
    assert ("generative network" in painting.statement) is card.generative


async def test_the_same_order_gives_the_same_bytes(painter: TritonPainter, card: ModelCard) -> None:
    small = order(card, width=64, height=64, steps=2)
    other = order(card, width=64, height=64, steps=2, seed=8)
    first, again, changed = [await parts_of(painter, spec) for spec in (small, small, other)]
    assert first == again
    assert first[-1] != changed[-1]


async def test_a_probe_of_the_model_passes(painter: TritonPainter, card: ModelCard) -> None:
    await painter.probe(PATIENCE_SECONDS, card.name)


async def test_guidance_matters_to_the_model_that_has_it(
    painter: TritonPainter, card: ModelCard
) -> None:
    pictures = []
    for guidance in (1.0, 5.0):
        spec = order(card, width=64, height=64, steps=2, guidance=guidance)
        picture = (await parts_of(painter, spec))[-1]
        assert isinstance(picture, Painting)
        pictures.append(picture.data)
    assert (pictures[0] != pictures[1]) is (card.default_guidance > 0)


@pytest.mark.parametrize(
    "changes", [{"steps": 0}, {"width": 63}, {"style": "baroque"}, {"guidance": 11.0}]
)
async def test_what_the_model_never_paints_is_rejected_with_its_reason(
    painter: TritonPainter, card: ModelCard, changes: dict[str, object]
) -> None:
    with pytest.raises(PaintingError) as failed:
        await parts_of(painter, order(card, **changes))
    assert failed.value.reason is Reason.MODEL_REJECTED
    assert next(iter(changes)) in failed.value.message


async def test_a_network_without_its_files_fails_alone_and_says_why(tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(MODELS, models)
    model = models / "easel/1/model.py"
    lost = (
        "import pathlib\n"
        "import kanvas_painters.painting.packed as shipped\n"
        "shipped.files = lambda package: pathlib.Path('/nowhere')\n"
    )
    future = "from __future__ import annotations\n"
    model.write_text(model.read_text().replace(future, future + lost))
    with triton_server(tmp_path / "triton", models) as server:
        painter = await connected(server)
        easel = CATALOGUE.find("easel")
        assert easel is not None
        with pytest.raises(PaintingError) as failed:
            await parts_of(painter, order(easel))
        await painter.close()
        assert failed.value.reason is Reason.MODEL_FAULT
        assert "easel cannot paint: its painter.onnx.gz is missing" in server.log()
