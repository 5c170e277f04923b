"""The product's story, played as a client would, on the real stack with two instances of each."""

import asyncio
import signal
from pathlib import Path

import pytest
from PIL import Image

from kanvas_local.chaos.clock import Clocks
from kanvas_local.chaos.deeds import Scene
from kanvas_local.chaos.mishaps import choose
from kanvas_local.chaos.play import play, whole
from kanvas_local.demo.story import run_demo
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from tests.patience import PATIENCE_SECONDS

SLOW = 20.0
"""No clock decides here: what a promise allows may take so many times longer."""


def gateways(stack: Stack) -> list[str]:
    return [f"http://{address(stack.ports.http(instance))}" for instance in (1, 2)]


def test_a_post_reaches_the_followers_who_are_looking(services: Stack, tmp_path: Path) -> None:
    report = asyncio.run(run_demo(gateways(services), tmp_path, quiet=True))
    assert report.faults == []
    assert len(report.acknowledged) == 1
    assert report.picture is not None
    with Image.open(report.picture) as picture:
        assert picture.size == (512, 512)
        colors = picture.convert("RGB").getcolors(maxcolors=512 * 512)
        assert colors is None or len(colors) > 100, "a picture, not a plain colour"


@pytest.mark.long(seconds=45)
@pytest.mark.parametrize("name", ["kill-timeline", "kill-gateway"])
def test_promises_are_kept_in_a_mishap(services: Stack, tmp_path: Path, name: str) -> None:
    (mishap,) = choose(name)
    outcome, _ = play(Scene(services, {}, Clocks(tmp_path)), mishap, slow=SLOW)
    assert outcome.faults == []
    assert outcome.posts > 10, "people went on"


def test_the_stack_is_whole_again_after_a_broker_was_killed(services: Stack) -> None:
    services.kill("kafka", signal.SIGKILL)
    report = asyncio.run(run_demo(gateways(services), services.layout.root / "demo", posts=20))
    assert report.faults == []
    assert asyncio.run(whole(services, PATIENCE_SECONDS)) == ""
