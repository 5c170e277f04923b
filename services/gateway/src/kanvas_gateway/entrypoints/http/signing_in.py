"""What everybody gets who has a session from now on: a token in the answer, and one as a cookie."""

from typing import Any

from kanvas.graph.v1.records_pb2 import Account, Session
from kanvas_gateway.entrypoints.http.cookies import PageCookies
from kanvas_gateway.entrypoints.http.services import HttpServices
from kanvas_gateway.presentation import present_account, present_erasure, rfc3339
from kanvas_platform.timestamps import to_seconds


def let_in(
    account: Account, session: Session, *, services: HttpServices, cookies: PageCookies
) -> dict[str, Any]:
    """Give the page its cookie; return the account, a token, and when each ends.

    Args:
        account: As it is since the session began.
        session: Which the tokens name.
        services: Make the token.
        cookies: Those of the answer.
    """
    deleting = account.HasField("erase_at")
    token = services.tokens.access(
        account.id, session.id, ends_at=to_seconds(session.expires_at), deleting=deleting
    )
    cookies.sign_in(session, deleting=deleting)
    return {
        "account": present_account(account),
        "token": token.text,
        "expires_at": rfc3339(token.expires_at),
        "erase_at": present_erasure(account),
    }
