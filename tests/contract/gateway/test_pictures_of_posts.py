"""Pictures over REST as a real timeline decides on them, from the post to its removal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kanvas_gateway.tokens import Tokens
from kanvas_timeline.entrypoints.grpc import Timeline
from kanvas_timeline.testing.make import FOLLOWERS, SHA256
from kanvas_timeline.testing.world import World
from tests.contract.gateway.rest_services import REMOVAL_SECONDS, Rest, running_rest

PATH = f"/media/{SHA256}.webp"


class Scene:
    """Ada posts, Bob follows her, Eve does not."""

    def __init__(self, world: World, rest: Rest) -> None:
        self.world, self.rest = world, rest
        self.ada, self.bob, self.eve = (world.account(name) for name in ("ada", "bob", "eve"))
        world.follow(self.bob, self.ada)
        rest.pictures.pictures[f"{SHA256}.webp"] = b"picture"

    async def status(self, reader: str | None) -> int:
        """Return what a reader gets who may have the picture already."""
        headers = {} if reader is None else self.rest.bearer(reader)
        plain = await self.rest.http.get(PATH, headers=headers)
        known = {**headers, "If-None-Match": f'"{SHA256}"'}
        again = await self.rest.http.get(PATH, headers=known)
        assert (plain.status_code, again.status_code) in ((200, 304), (404, 404))
        return plain.status_code

    async def statuses(self) -> dict[str | None, int]:
        return {reader: await self.status(reader) for reader in (self.bob, self.eve, None)}


@pytest.fixture
async def scene(tokens: Tokens, tmp_path: Path) -> AsyncIterator[Scene]:
    world = World()
    servicer = Timeline(sources=world.sources, commands=world.log)
    async with running_rest(tokens, tmp_path, timeline_servicer=servicer) as rest:
        yield Scene(world, rest)


async def test_the_picture_of_a_post_for_followers_is_theirs_until_it_is_removed(
    scene: Scene,
) -> None:
    post = scene.world.post(scene.ada, visibility=FOLLOWERS)
    assert await scene.statuses() == {scene.bob: 200, scene.eve: 404, None: 404}
    scene.world.delete(scene.ada, post)
    assert await scene.statuses() == {scene.bob: 404, scene.eve: 404, None: 404}


async def test_a_public_picture_is_gone_for_all_within_the_time_of_removal(scene: Scene) -> None:
    post = scene.world.post(scene.ada)
    assert await scene.statuses() == {scene.bob: 200, scene.eve: 200, None: 200}
    scene.world.delete(scene.ada, post)
    assert [await scene.status(reader) for reader in (scene.bob, scene.eve)] == [404, 404]
    scene.rest.clock.advance(REMOVAL_SECONDS)
    assert await scene.statuses() == {scene.bob: 404, scene.eve: 404, None: 404}


async def test_a_picture_that_another_post_shows_stays(scene: Scene) -> None:
    first = scene.world.post(scene.ada)
    scene.world.post(scene.ada, visibility=FOLLOWERS)
    scene.world.delete(scene.ada, first)
    assert await scene.statuses() == {scene.bob: 200, scene.eve: 404, None: 404}


async def test_a_block_hides_a_public_picture_from_whoever_has_signed_in(scene: Scene) -> None:
    scene.world.post(scene.ada)
    scene.world.block(scene.ada, scene.bob)
    assert await scene.statuses() == {scene.bob: 404, scene.eve: 200, None: 200}
