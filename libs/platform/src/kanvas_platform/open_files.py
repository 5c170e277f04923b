"""How many files and sockets this process may hold open."""

import resource

from kanvas_platform.observability import get_logger

_BESIDE = 256  # logs, libraries, and connections to other services

_log = get_logger(__name__)


def allow_open_files(sockets: int) -> None:
    """Raise the limit of open files as far as this process may; call it once, at its start.

    Where that is too low for so many sockets of clients, a warning is logged and nothing else
    happens: further clients will find no room.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as error:
        _log.warning("the limit of open files cannot be raised", error=repr(error))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = sockets + _BESIDE
    if soft != resource.RLIM_INFINITY and soft < needed:
        _log.warning("fewer files may be open than the settings need", may=soft, need=needed)
