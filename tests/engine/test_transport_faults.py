"""No exception of httpx is left without one of ours."""

from __future__ import annotations

import inspect

import httpx
import pytest

from phidesk.core.errors import EngineDied, EngineError, EngineUnreachable, NotAnEngine
from phidesk.engine.transport_faults import translate_transport_error, transport_faults_as_ours

ADDRESS = "http://127.0.0.1:1"

EXPECTED: dict[type[Exception], tuple[type[EngineError], type[EngineError]]] = {
    # of a short call, and of a request for an answer
    httpx.HTTPError: (EngineUnreachable, EngineUnreachable),
    httpx.HTTPStatusError: (EngineUnreachable, EngineUnreachable),
    httpx.RequestError: (EngineUnreachable, EngineUnreachable),
    httpx.TransportError: (EngineUnreachable, EngineDied),
    httpx.TimeoutException: (EngineUnreachable, EngineDied),
    httpx.ConnectTimeout: (EngineUnreachable, EngineUnreachable),
    httpx.ReadTimeout: (EngineUnreachable, EngineDied),
    httpx.WriteTimeout: (EngineUnreachable, EngineDied),
    httpx.PoolTimeout: (EngineUnreachable, EngineUnreachable),
    httpx.NetworkError: (EngineUnreachable, EngineDied),
    httpx.ConnectError: (EngineUnreachable, EngineUnreachable),
    httpx.ReadError: (EngineUnreachable, EngineDied),
    httpx.WriteError: (EngineUnreachable, EngineDied),
    httpx.CloseError: (EngineUnreachable, EngineDied),
    httpx.ProxyError: (EngineUnreachable, EngineUnreachable),
    httpx.UnsupportedProtocol: (EngineUnreachable, EngineUnreachable),
    httpx.ProtocolError: (EngineUnreachable, EngineDied),
    httpx.LocalProtocolError: (NotAnEngine, NotAnEngine),
    httpx.RemoteProtocolError: (NotAnEngine, EngineDied),
    httpx.DecodingError: (NotAnEngine, NotAnEngine),
    httpx.TooManyRedirects: (NotAnEngine, NotAnEngine),
    httpx.InvalidURL: (EngineUnreachable, EngineUnreachable),
}
BUGS_OF_OURS = {
    httpx.StreamError,
    httpx.StreamConsumed,
    httpx.StreamClosed,
    httpx.ResponseNotRead,
    httpx.RequestNotRead,
    httpx.CookieConflict,
}


def make(kind: type[Exception], message: str = "why") -> Exception:
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", ADDRESS)
        return httpx.HTTPStatusError(message, request=request, response=httpx.Response(500))
    return kind(message)


def test_every_exception_of_httpx_is_in_the_table() -> None:
    exceptions = {value for value in vars(httpx).values() if inspect.isclass(value) and issubclass(value, Exception)}

    assert exceptions == set(EXPECTED) | BUGS_OF_OURS


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: str(kind.__name__))
def test_each_becomes_one_of_ours_with_its_words(kind: type[Exception]) -> None:
    error = make(kind)
    assert isinstance(error, httpx.HTTPError | httpx.InvalidURL)

    before = translate_transport_error(error, "engine", ADDRESS, answering=False)
    after = translate_transport_error(error, "engine", ADDRESS, answering=True)

    assert (type(before), type(after)) == EXPECTED[kind]
    assert isinstance(before, EngineError)
    assert "why" in before.detail
    assert before.engine == "engine"


def test_a_peer_that_leaves_without_a_word_is_unreachable_not_foreign() -> None:
    error = httpx.RemoteProtocolError("Server disconnected without sending a response.")

    assert type(translate_transport_error(error, "engine", ADDRESS, answering=False)) is EngineUnreachable


@pytest.mark.parametrize("answering", [False, True])
def test_a_peer_that_does_not_speak_http_is_foreign(*, answering: bool) -> None:
    error = httpx.RemoteProtocolError("illegal status line: bytearray(b'SSH-2.0-OpenSSH_9.2')")

    assert type(translate_transport_error(error, "engine", ADDRESS, answering=answering)) is NotAnEngine


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: str(kind.__name__))
def test_a_block_raises_ours_from_theirs(kind: type[Exception]) -> None:
    error = make(kind)

    with pytest.raises(EngineError) as raised, transport_faults_as_ours("engine", ADDRESS):
        raise error

    assert raised.value.__cause__ is error
