"""A tool that asks an address of HTTP: the model fills in values, never the host."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from phidesk.core.errors import SwitchedOffline
from phidesk.core.tasks import Cancellation
from phidesk.core.tool_spec import AddressAction
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.engine.address_fetch import AddressAnswer, AddressFault, AddressProblem, AddressRequest
from phidesk.tools.template import fill_template, input_names, names_in_template, value_text
from phidesk.tools.tool import Arguments, CallFault

Fetch = Callable[[AddressRequest, Cancellation], AddressAnswer]
"""`address_fetch.fetch_address` with its gate."""

MOST_WORDS_OF_FAILURE = 500
"""Characters of what a server says when it refuses: enough to see why."""
_NO_REPEAT = "Do not repeat the call; tell the user."
_FIRST_REFUSED = 400
_WITH_BODY = ("POST", "PUT", "PATCH")
_WORDS = {
    AddressProblem.UNREACHABLE: "The address cannot be reached.",
    AddressProblem.UNTRUSTED: "The address has a certificate that cannot be trusted.",
    AddressProblem.REDIRECTED: "The address leads to another one ({detail}), which is not allowed.",
    AddressProblem.TOO_SLOW: "The address did not answer in time.",
    AddressProblem.NOT_TEXT: "The address answered with something that is not text ({detail}).",
    AddressProblem.UNUSABLE: "The tool has an address that cannot be used.",
}


class AddressTool:
    """Puts the values of a call into an address, or sends them along, and gives back what it answers."""

    def __init__(self, definition: ToolDefinition, action: AddressAction, fetch: Fetch) -> None:
        self._definition = definition
        self._action = action
        self._fetch = fetch

    @property
    def definition(self) -> ToolDefinition:
        """What the model is told."""
        return self._definition

    def intent(self, arguments: Arguments) -> Intent:
        """Say what is asked where. GET only reads, by the rules of HTTP (RFC 9110, 9.2.1)."""
        request = self._request(arguments)
        facts = [("method", request.method), ("address", request.url)]
        if request.json is not None:
            facts.append(("text", json.dumps(request.json, ensure_ascii=False)))
        risk = Risk.READING if request.method == "GET" else Risk.CHANGING
        return Intent(risk, place=origin_of(self._action.url), facts=tuple(facts))

    def run(self, arguments: Arguments, cancel: Cancellation) -> str:
        """Ask, and return the answer."""
        try:
            answer = self._fetch(self._request(arguments), cancel)
        except AddressFault as fault:
            raise CallFault(f"{_WORDS[fault.problem].format(detail=fault.detail)} {_NO_REPEAT}") from fault
        except SwitchedOffline as error:
            raise CallFault(f"The user allows no connections at the moment. {_NO_REPEAT}") from error
        if answer.status >= _FIRST_REFUSED:
            said = answer.text.strip()[:MOST_WORDS_OF_FAILURE]
            raise CallFault(f"The address refused with status {answer.status}. It said:\n{said or '(nothing)'}")
        note = "\n(The answer was longer; the rest was left out.)" if answer.is_cut else ""
        return (answer.text.strip() or f"The address answered with status {answer.status} and no text.") + note

    def _request(self, arguments: Arguments) -> AddressRequest:
        action, names = self._action, input_names(self._definition)
        used = names.intersection(names_in_template(_after_host(action.url)))
        others = {name: value for name, value in arguments.items() if name not in used and value is not None}
        parts = urlsplit(action.url)
        path = fill_template(parts.path, arguments, names, write=_path_piece)
        query = fill_template(parts.query, arguments, names, write=_query_piece)
        has_body = action.method in _WITH_BODY
        if others and not has_body:
            more = urlencode([(name, value_text(value)) for name, value in others.items()], quote_via=quote)
            query = f"{query}&{more}" if query else more
        url = urlunsplit((parts.scheme, parts.netloc, path, query, ""))
        return AddressRequest(url, action.method, dict(action.headers), others if has_body else None)


def origin_of(url: str) -> str:
    """Return scheme, host and port: what a permission is remembered for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _after_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _path_piece(value: Any) -> str:
    text = value_text(value)
    if text in (".", ".."):
        raise CallFault(f"{text!r} cannot be part of the address. Write another value.")
    return quote(text, safe="")


def _query_piece(value: Any) -> str:
    return quote(value_text(value), safe="")
