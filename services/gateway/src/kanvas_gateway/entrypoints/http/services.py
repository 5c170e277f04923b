"""What the routes work with."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.block_link import ToldBlocks
from kanvas_gateway.downloads import Downloads
from kanvas_gateway.ended_sessions import EndedSessions
from kanvas_gateway.ports import FeedTail, Pictures
from kanvas_gateway.public_pictures import PublicPictures
from kanvas_gateway.session_uses import SessionUses
from kanvas_gateway.tokens import Tokens
from kanvas_gateway.write_limits import WriteLimits


@dataclass(frozen=True)
class HttpServices:
    """Everything behind the routes; made once, in `bootstrap_rest`.

    Attributes:
        stream_url: Where clients find the live stream.
        version: Of this build.
        secure_cookies: Whether cookies are for encrypted connections only.
        write_limits: How often one may write.
        knows_addresses: Whether a request shows the address of its client: behind a proxy that is
            not trusted it does not.
    """

    graph: SocialGraphServiceStub
    timeline: TimelineServiceStub
    images: ImageGenerationServiceStub
    pictures: Pictures
    public_pictures: PublicPictures
    downloads: Downloads
    tail: FeedTail
    blocks: ToldBlocks
    tokens: Tokens
    ended_sessions: EndedSessions
    session_uses: SessionUses
    stream_url: str
    version: str
    secure_cookies: bool
    write_limits: WriteLimits
    knows_addresses: bool


async def find_services(request: Request) -> HttpServices:
    """Return what the application was made with."""
    services: HttpServices = request.app.state.services
    return services


Services = Annotated[HttpServices, Depends(find_services)]
"""What the routes work with."""
