"""Downloads behind a company's proxy: a mirror that only its own authority vouches for.

The mirror's name is known to the proxy alone, so whatever arrives has come
through it; no variable names the certificate, which lies where the system
keeps such files.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import ipaddress
import json
import socket
import socketserver
import ssl
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kanvas_local import carriers, downloads, environment, jars, page
from kanvas_local.errors import StackError
from kanvas_local.ports import HOST
from kanvas_local.progress import ProgressLines

_MIRROR = "mirror.example"
_QUIET = ProgressLines(quiet=True)
_VARIABLES = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("NODE_EXTRA_CA_CERTS", "UV_SYSTEM_CERTS", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
    *("UV_INDEX_URL", "UV_INDEX", "HTTP_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"),
    *("all_proxy", "NO_PROXY", "no_proxy", "PIP_FIND_LINKS", "KANVAS_MAVEN_URL"),
)


class _Files(SimpleHTTPRequestHandler):
    """The mirror: files, and a list of who asked for what."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Authorization", "")))
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


class _Mirror(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Somebody hung up."""


class _Tunnel(socketserver.StreamRequestHandler):
    """One CONNECT of the proxy."""

    mirror: tuple[str, int]

    def handle(self) -> None:
        target = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass
        if target != f"{_MIRROR}:443":
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        with socket.create_connection(self.mirror) as far:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(far, self.connection))
            back.start()
            _pump(self.connection, far)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _certificates(folder: Path) -> tuple[Path, Path]:
    """Make an authority's certificate; and the mirror's certificate and key in one file."""
    now = datetime.datetime.now(datetime.UTC)
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A company")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _MIRROR)])

    def signed(name: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> bytes:
        names: list[x509.GeneralName] = [x509.DNSName(_MIRROR)]
        names.append(x509.IPAddress(ipaddress.ip_address(HOST)))
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(authority, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)

    trusted, own = folder / "authority.pem", folder / "mirror.pem"
    trusted.write_bytes(signed(issuer, authority.public_key(), ca=True))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    own.write_bytes(signed(subject, key.public_key(), ca=False) + private)
    return trusted, own


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return what the mirror has."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def asked(tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Set the mirror up behind the proxy, and the user's settings; give what it was asked for."""
    trusted, own = _certificates(tmp_path)
    seen: list[tuple[str, str]] = []
    handler = type("Files", (_Files,), {"asked": seen})
    mirror = _Mirror((HOST, 0), partial(handler, directory=str(files)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    # A client that connects and says nothing keeps its own thread waiting, and no other client.
    mirror.socket = context.wrap_socket(
        mirror.socket, server_side=True, do_handshake_on_connect=False
    )
    tunnel = type("Tunnel", (_Tunnel,), {"mirror": mirror.server_address})
    proxy = socketserver.ThreadingTCPServer((HOST, 0), tunnel)
    proxy.daemon_threads = True
    for server in (mirror, proxy):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(downloads, "BUNDLES", (str(trusted),))
    of_pip = downloads.pip_settings

    def without_certificates(python: Path) -> dict[str, str]:
        """Return what pip's files say, less the certificates that this machine's own may name."""
        return {name: value for name, value in of_pip(python).items() if name != "cert"}

    monkeypatch.setattr(downloads, "pip_settings", without_certificates)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{HOST}:{proxy.server_address[1]}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pip = tmp_path / "pip.conf"
    pip.write_text(f"[global]\nindex-url = https://{_MIRROR}/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(pip))
    yield seen  # type: ignore[misc]
    for server in (mirror, proxy):
        server.shutdown()
        server.server_close()


@pytest.fixture
def wheel(files: Path, tmp_path: Path) -> Path:
    """Return a list that locks the one package of the mirror's index."""
    folder = files / "simple/tiny"
    folder.mkdir(parents=True)
    name = "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        archive.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\n")
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "index.html").write_text(f'<a href="{name}#sha256={digest}">{name}</a>')
    lock = tmp_path / "lock.txt"
    lock.write_text(f"tiny==1.0 \\\n    --hash=sha256:{digest}\n")
    return lock


def test_pip_installs_the_first_package(asked: list[str], wheel: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-cache-dir"]
    environment.run_or_explain([*pip, "--target", str(tmp_path / "t"), "-r", str(wheel)], "tiny")
    assert (tmp_path / "t/tiny.py").exists()
    assert asked


def test_uv_goes_by_the_settings_of_pip(
    asked: list[str], wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "LIST", wheel)
    folder = carriers.fetch_carrier("tiny", _QUIET)
    assert (folder / "tiny.py").exists()
    assert asked


def _jar(files: Path) -> jars.Jar:
    folder = files / "maven/org/tiny/1.0"
    folder.mkdir(parents=True)
    (folder / "tiny-1.0.jar").write_bytes(b"a jar")
    (folder / "tiny-1.0.jar.sha1").write_text(hashlib.sha1(b"a jar").hexdigest())  # noqa: S324
    return jars.Jar("org", "tiny", "1.0", "", hashlib.sha256(b"a jar").hexdigest())


def _settings(tmp_path: Path, url: str) -> None:
    settings = tmp_path / ".m2/settings.xml"
    settings.parent.mkdir()
    settings.write_text(
        "<settings><servers><server><id>m</id><username>me</username><password>s3cret</password>"
        f"</server></servers><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf><url>{url}</url>"
        "</mirror></mirrors></settings>"
    )


def test_jars_come_by_the_settings_of_maven(
    asked: list[tuple[str, str]], files: Path, tmp_path: Path
) -> None:
    jar = _jar(files)
    _settings(tmp_path, f"https://{_MIRROR}/maven")
    with downloads.as_downloads_go():
        jars.fetch_all([jar], _QUIET)
    assert jar.path.read_bytes() == b"a jar"
    credentials = base64.b64encode(b"me:s3cret").decode()
    assert ("/maven/org/tiny/1.0/tiny-1.0.jar", f"Basic {credentials}") in asked


def test_a_mirror_that_has_no_jar_is_told_without_its_password(
    asked: list[str], files: Path, tmp_path: Path
) -> None:
    jar = _jar(files)
    _settings(tmp_path, f"https://{_MIRROR}/elsewhere")
    with downloads.as_downloads_go(), pytest.raises(StackError) as caught:
        jars.fetch_all([jar], _QUIET)
    assert "how to name one" in str(caught.value)
    assert "s3cret" not in str(caught.value)


# npm opens connections that it does not use, and Python forgets to close the mirror's end.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_npm_goes_by_its_own_settings(
    asked: list[str], files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = page.find_node(_QUIET)
    package = json.dumps({"name": "tiny", "version": "1.0.0"}).encode()
    tarball = files / "npm-tiny.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        member = tarfile.TarInfo("package/package.json")
        member.size = len(package)
        archive.addfile(member, BytesIO(package))
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    dist = {"tarball": f"https://{_MIRROR}/npm-tiny.tgz", "integrity": f"sha512-{digest}"}
    about = {"name": "tiny", "version": "1.0.0", "dist": dist}
    (files / "npm").mkdir()
    (files / "npm/tiny").write_text(
        json.dumps({"name": "tiny", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": about}})
    )
    (tmp_path / ".npmrc").write_text(f"registry=https://{_MIRROR}/npm/\n")
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / ".npmrc"))
    # This machine's own settings may name certificates.
    monkeypatch.setenv("npm_config_globalconfig", str(tmp_path / "no-npmrc"))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    web = tmp_path / "web"
    web.mkdir()
    needs = {"tiny": "1.0.0"}
    (web / "package.json").write_text(json.dumps({"name": "web", "dependencies": needs}))
    locked = {"version": "1.0.0", "integrity": dist["integrity"]}
    (web / "package-lock.json").write_text(
        json.dumps(
            {
                "name": "web",
                "lockfileVersion": 3,
                "requires": True,
                "packages": {
                    "": {"name": "web", "dependencies": needs},
                    "node_modules/tiny": locked,
                },
            }
        )
    )
    monkeypatch.setattr(page, "WEB", web)
    page.npm(node, page.WEB, *page.NPM_CI)
    assert (web / "node_modules/tiny/package.json").exists()
    assert asked
