"""What downloads must know of this machine: its certificates, mirrors and proxies.

pip, uv, npm and our own download of jars each have settings of their own, and
a person has usually set one of them: what one knows is told to the others.
Nothing that is set already is changed. Standard library only: it is needed
before anything is installed.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
)
"""Where systems keep the certificates that they trust."""
_OWN_BUNDLE = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""How people name certificates that the system's own file lacks, the most general first."""
_TRUST = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Read by uv and Python, by pip, by `requests` (jars), and by node and npm."""
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def download_environment(python: Path = Path(sys.executable)) -> dict[str, str]:
    """Return the environment for a program that downloads; `python` has the pip that is asked."""
    given = dict(os.environ)
    return given | missing_settings(given, pip_settings(python), _uv_index(given))


@contextmanager
def as_downloads_go() -> Iterator[None]:
    """Set the trust and proxies for downloads in the environment of this process."""
    added = {
        name: value for name, value in download_environment().items() if name not in os.environ
    }
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def missing_settings(
    environment: Mapping[str, str], pip: Mapping[str, str], uv_index: str
) -> dict[str, str]:
    """Return what to add to `environment`: nothing that is in it already.

    `pip` is what pip's files and variables say (`index-url`, `proxy`, …),
    `uv_index` the index that uv is told to use, empty where it is not told.
    """
    # uv finds the certificates of systems, too, whose file is none of ours.
    found = {"UV_SYSTEM_CERTS": "true"}
    bundle = _bundle(environment, pip)
    if bundle:
        found |= dict.fromkeys(_TRUST, bundle)
    if pip.get("index-url") and not uv_index:
        found["UV_DEFAULT_INDEX"] = pip["index-url"]
    if pip.get("extra-index-url") and "UV_EXTRA_INDEX_URL" not in environment:
        found["UV_INDEX"] = " ".join(pip["extra-index-url"].split())
    if uv_index and "index-url" not in pip:
        found["PIP_INDEX_URL"] = uv_index
    if pip.get("proxy") and not any(environment.get(name) for name in _PROXIES):
        found |= dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), pip["proxy"])
    return {name: value for name, value in found.items() if not environment.get(name)}


def _bundle(environment: Mapping[str, str], pip: Mapping[str, str]) -> str:
    """Return the file of certificates to trust: a person's own, else the system's, else none."""
    own = [environment.get(name, "") for name in _OWN_BUNDLE] + [pip.get("cert", "")]
    return next((path for path in (*own, *BUNDLES) if path and Path(path).exists()), "")


def pip_settings(python: Path) -> dict[str, str]:
    """Return what pip would go by, from its files and variables; empty where there is no pip."""
    command = [str(python), "-m", "pip", "config", "list", "--disable-pip-version-check"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return {}
    settings: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in result.stdout.splitlines():
            name, equals, value = line.partition("=")
            if equals and name.startswith(f"{section}."):
                settings[name.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return settings


def _uv_index(environment: Mapping[str, str]) -> str:
    """Return the index that uv is told to use; empty where it uses the default one."""
    named = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL")
    if named:
        return named
    try:
        import tomllib  # noqa: PLC0415 (from Python 3.11 on)
    except ModuleNotFoundError:  # uv reads its file itself; only pip goes without it
        return ""
    own = Path(environment.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser())
    named_file = environment.get("UV_CONFIG_FILE")
    files = [Path(named_file)] if named_file else [own / "uv/uv.toml", Path("/etc/uv/uv.toml")]
    for file in files:
        try:
            settings = tomllib.loads(file.read_text())
        except (OSError, ValueError):  # uv itself says what is wrong with it
            continue
        settings = {**settings, **settings.get("pip", {})}
        defaults = [index["url"] for index in settings.get("index", []) if index.get("default")]
        if defaults or settings.get("index-url"):
            return str([*defaults, settings.get("index-url")][0])
    return ""
