"""What every painter does, be it the fake or Triton with a model that behaves alike."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from PIL import Image

from kanvas.images.v1.records_pb2 import JobSpec
from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.domain.faults import Reason
from kanvas_imagegen.ports import Painter, Painting, PaintingError, Preview
from tests.integration.imagegen.triton_server import TritonServer
from tests.patience import PATIENCE_SECONDS


def spec(prompt: str, *, steps: int = 4, model: str = "sketch") -> JobSpec:
    return JobSpec(prompt=prompt, model=model, width=128, height=64, steps=steps, seed=77)


async def down(painter: Painter) -> bool:
    """Probe once; return whether that failed."""
    try:
        await painter.probe(3.0)
    except PaintingError:
        return True
    return False


async def parts_of(painter: Painter, order: JobSpec) -> list[Preview | Painting]:
    async with aclosing(painter.paint(order)) as parts:
        return [part async for part in parts]


async def reason_of(painter: Painter, order: JobSpec) -> Reason:
    with pytest.raises(PaintingError) as failed:
        await parts_of(painter, order)
    return failed.value.reason


async def test_previews_in_the_order_of_their_steps_and_then_the_painting(
    painter: Painter,
) -> None:
    *previews, painting = await parts_of(painter, spec("a fox glurb"))
    assert [p.step for p in previews if isinstance(p, Preview)] == [1, 2, 3]
    assert all(isinstance(p, Preview) and p.of == 4 and p.image for p in previews)
    assert isinstance(painting, Painting)
    with Image.open(io.BytesIO(painting.data)) as image:
        assert image.size == (128, 64) == (painting.width, painting.height)
        assert image.format == "WEBP"
    assert painting.media_type == "image/webp"
    assert painting.seed == 77
    assert painting.placeholder.startswith("#")
    assert painting.substitutions == ("glurb → globe",)


async def test_several_at_once_do_not_mix(painter: Painter) -> None:
    orders = [spec("x" * length) for length in (1, 2, 3)]
    together = await asyncio.gather(*(parts_of(painter, order) for order in orders))
    alone = [await parts_of(painter, order) for order in orders]
    assert [parts[-1] for parts in together] == [parts[-1] for parts in alone]


async def test_what_cannot_be_painted_is_rejected(painter: Painter) -> None:
    with pytest.raises(PaintingError) as failed:
        await parts_of(painter, spec("reject"))
    assert failed.value.reason is Reason.MODEL_REJECTED
    assert failed.value.message == "nobody can paint this"


@pytest.mark.parametrize("word", ["fault", "junk", "small", "silent"])
async def test_a_model_that_misbehaves_is_at_fault(painter: Painter, word: str) -> None:
    assert await reason_of(painter, spec(word)) is Reason.MODEL_FAULT


async def test_an_unknown_model_is_unavailable(painter: Painter) -> None:
    order = spec("a fox", model="missing")
    assert await reason_of(painter, order) is Reason.MODEL_UNAVAILABLE


async def test_the_probe_passes_where_pictures_are_painted(painter: Painter) -> None:
    await painter.probe(PATIENCE_SECONDS)


async def test_after_a_failure_the_next_picture_is_painted(painter: Painter) -> None:
    await reason_of(painter, spec("fault"))
    assert isinstance((await parts_of(painter, spec("a fox")))[-1], Painting)


class TestTriton:
    """What only a server can do."""

    @pytest.fixture
    async def painter(self, triton: TritonServer) -> AsyncIterator[TritonPainter]:
        triton.start()
        painter = TritonPainter(triton.target, probe_model="sketch")
        yield painter
        await painter.close()

    async def test_to_close_stops_the_model(self, painter: TritonPainter, tmp_path: Path) -> None:
        log = tmp_path / "steps"
        async with aclosing(painter.paint(spec(f"slow log:{log}", steps=50))) as parts:
            await anext(parts)
        steps = []
        for _ in range(2):
            # Takes as long as five steps of the first one would.
            assert isinstance((await parts_of(painter, spec("slow", steps=5)))[-1], Painting)
            steps.append(len(log.read_text().split()))
        assert steps[0] == steps[1] < 50

    async def test_a_dead_process_behind_a_ready_server_is_noticed(
        self, painter: TritonPainter, triton: TritonServer
    ) -> None:
        assert await reason_of(painter, spec("crash")) is Reason.MODEL_INTERRUPTED
        assert triton.is_ready()
        with pytest.raises(PaintingError):
            await painter.probe(3.0)
        triton.kill()
        triton.start()
        # The channel looks again for a server that was away within a second or so.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await down(painter):
                pass

    async def test_a_server_that_is_down_is_unavailable(self) -> None:
        painter = TritonPainter("127.0.0.1:9", probe_model="sketch")
        assert await reason_of(painter, spec("a fox")) is Reason.MODEL_UNAVAILABLE
        with pytest.raises(PaintingError) as failed:
            await painter.probe(1.0)
        assert failed.value.reason is Reason.MODEL_UNAVAILABLE
        await painter.close()

    async def test_a_server_killed_while_it_paints_has_interrupted(
        self, painter: TritonPainter, triton: TritonServer
    ) -> None:
        async with aclosing(painter.paint(spec("slow", steps=40))) as parts:
            await anext(parts)
            triton.kill()
            with pytest.raises(PaintingError) as failed:
                _ = [part async for part in parts]
        assert failed.value.reason is Reason.MODEL_INTERRUPTED
        triton.start()
