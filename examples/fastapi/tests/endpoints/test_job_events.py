"""Events reach whoever follows a job at once."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.core.middleware import Cached

START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream; charset=utf-8")],
}


@pytest.mark.asyncio(loop_scope="session")
async def test_events_go_out_as_they_come() -> None:
    sent: list[Message] = []

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        for number in range(3):
            more = {"type": "http.response.body", "body": b"-", "more_body": True}
            await send(more if number else START)
            assert len(sent) == number + 1

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": []}
    await Cached(stream)(scope, receive, send)
    assert sent[0] == START
