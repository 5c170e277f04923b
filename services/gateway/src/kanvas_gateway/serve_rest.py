"""The process of REST. The gateway starts it (`rest_process`); it is of no use alone."""

import sys

from kanvas_gateway.bootstrap_rest import build_rest
from kanvas_gateway.settings import GatewaySettings
from kanvas_platform.lifecycle import serve
from kanvas_platform.observability import configure
from kanvas_platform.open_files import allow_open_files


def main() -> None:
    """Serve REST until SIGTERM; the arguments are the descriptors of two sockets to the parent."""
    parent, stream = (int(number) for number in sys.argv[1:3])
    settings = GatewaySettings()
    configure(service="gateway", instance=settings.instance, level=settings.log_level)
    allow_open_files(settings.http_connections)
    serve(
        lambda: build_rest(settings, parent=parent, stream=stream),
        drain_seconds=settings.drain_seconds,
    )


if __name__ == "__main__":
    main()
