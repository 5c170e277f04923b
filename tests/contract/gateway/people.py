"""Three accounts that every test of the stream knows, and a session that goes on."""

from kanvas_platform.ids import new_id

ANA, BEN, CLEO = (new_id() for _ in range(3))
SESSION = new_id()
"""That of tokens whose session does not matter: it is anybody's."""
