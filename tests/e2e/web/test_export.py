"""Settings make an archive of what is one's own, and a browser downloads it."""

import json
import re
from zipfile import ZipFile

import pytest
from playwright.async_api import expect

from tests.e2e.web.people import Visit
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_archive_is_made_and_downloaded(visit: Visit) -> None:
    owner = await visit()
    handle = await owner.sign_up()
    await owner.go("/settings")
    page = owner.page
    await page.get_by_role("button", name="Make an archive").click()
    link = page.get_by_role("link", name=re.compile("Download"))
    await expect(link).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    await expect(page.get_by_text("Your archive is ready, until")).to_be_visible()
    async with page.expect_download() as downloading:
        await link.click()
    download = await downloading.value
    assert re.fullmatch(r"kanvas-[0-9a-f]{8}\.zip", download.suggested_filename)
    with ZipFile(await download.path()) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("profile.json"))["handle"] == handle

    # Asking again on the same day changes nothing, and says why.
    await page.get_by_role("button", name="Replace it by a new one").click()
    await expect(page.get_by_text("An export can be asked for once a day.")).to_be_visible()
    await expect(link).to_be_visible()
