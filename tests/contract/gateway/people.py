"""Three accounts that every test of the stream knows."""

from kanvas_platform.ids import new_id

ANA, BEN, CLEO = (new_id() for _ in range(3))
