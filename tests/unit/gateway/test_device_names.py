"""On what somebody signs in, in plain words."""

import pytest

from kanvas_gateway.device_names import device_of

_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"
_SAMSUNG = _CHROME.replace("Chrome/", "SamsungBrowser/28.0 Chrome/")
_IOS_CHROME = _SAFARI.replace("Version/18.5", "CriOS/140.0.0.0 Mobile/15E148")
_APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"


@pytest.mark.parametrize(
    ("said", "app", "system"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/1 Firefox/140.0", "Firefox", "Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME}", "Chrome", "Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {_CHROME} Edg/140.0.0.0", "Edge", "Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI}", "Safari", "macOS"),
        (f"{_APPLE} {_SAFARI}", "Safari", "iPhone"),
        (f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {_IOS_CHROME}", "Chrome", "iPad"),
        (f"Mozilla/5.0 (Linux; Android 15) {_SAMSUNG}", "Samsung Internet", "Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_CHROME} OPR/125.0", "Opera", "ChromeOS"),
        ("curl/8.5.0", "curl", ""),
        ("python-httpx/0.28.1", "python-httpx", ""),
        ("KanvasApp/1.2 (Android 15)", "KanvasApp", "Android"),
        ("Mozilla/5.0 (PlayStation 5)", "", ""),
        ("<script>alert(1)</script>", "", ""),
        ("x" * 41, "", ""),
        ("", "", ""),
    ],
)
def test_a_device_has_the_names_that_people_know(said: str, app: str, system: str) -> None:
    device = device_of(said)
    assert (device.app, device.system) == (app, system)
