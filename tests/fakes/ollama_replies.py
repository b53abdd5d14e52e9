"""What the recorded daemon writes: lines of a stream, whole answers, errors before and after the first byte."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from tests.fakes import go_json
from tests.fakes.go_http import GoExchange
from tests.fakes.ollama_answers import Answer, Task
from tests.fakes.ollama_models import StoredModel
from tests.fakes.ollama_requests import AnswerRequest
from tests.fakes.ollama_runner import ApiError, HasLeft, Runner
from tests.fakes.ollama_tool_calls import ToolCallParser

JSON = "application/json; charset=utf-8"
NDJSON = "application/x-ndjson"
# Errors that the runner reports to a stream come in this type, and in chunks.
STREAM_ERROR = "application/json"
PAGE = b"<html><body>Service unavailable</body></html>\n"
SMALLEST_DURATION_NS = 1000


class Reply:
    """The way back to one client: line by line, or all lines joined when the request wants no stream."""

    def __init__(self, exchange: GoExchange) -> None:
        self._exchange = exchange
        self._lines: list[dict[str, Any]] = []
        self._has_begun = False
        self.is_streamed = False

    def has_left(self) -> bool:
        """Tell whether nobody waits any more."""
        return self._exchange.has_left()

    def json(self, value: Any) -> None:
        """Send one JSON value."""
        self._exchange.send_whole(HTTPStatus.OK, JSON, go_json.encode(value))

    def error(self, error: ApiError) -> None:
        """Send an error: with its status if nothing was sent yet, else as a line of the stream."""
        body = go_json.encode({"error": error.text})
        if self._has_begun:
            self._exchange.send_chunk(body + b"\n")
            self._exchange.end_chunks()
        elif error.is_from_runner and self.is_streamed:
            self._exchange.begin_chunks(error.status, STREAM_ERROR, body)
            self._exchange.end_chunks()
        else:
            self._exchange.send_whole(error.status, JSON, body)

    def page(self) -> None:
        """Send a page of HTML, as a proxy does that lost the daemon, in the place of the next line."""
        if self._has_begun:
            self._exchange.send_chunk(PAGE)
            self._exchange.end_chunks()
        else:
            self._exchange.send_whole(HTTPStatus.OK, "text/html", PAGE)

    def line(self, value: dict[str, Any]) -> None:
        """Send a line, the first one with the headers, or keep it for the end."""
        body = go_json.encode(value) + b"\n"
        if not self.is_streamed:
            self._lines.append(value)
        elif self._has_begun:
            self._exchange.send_chunk(body)
        else:
            self._has_begun = True
            self._exchange.begin_chunks(HTTPStatus.OK, NDJSON, body)

    def finish(self, final: dict[str, Any]) -> None:
        """Send the last line; one that is not `done` is left out of a stream, which then ends without a word."""
        if not self.is_streamed:
            self.json(_joined([*self._lines, final]))
            return
        if final["done"]:
            self.line(final)
        if self._has_begun:
            self._exchange.end_chunks()
        else:
            self._exchange.send_whole(HTTPStatus.OK, NDJSON, b"")

    def end(self, last: dict[str, Any], *, status: int = HTTPStatus.OK) -> None:
        """End a stream of which `last` was the last line; without a stream it is all that is sent."""
        if self.is_streamed:
            self._exchange.end_chunks()
        else:
            self._exchange.send_whole(status, STREAM_ERROR, go_json.encode(last))


def plain_line(request: AnswerRequest, text: str = "", calls: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Write a line that is not the last one, in the order of the daemon's structs."""
    content: dict[str, Any] = {"response": text}
    if request.kind == "chat":
        content = {"message": {"role": "assistant", "content": text, **({"tool_calls": list(calls)} if calls else {})}}
    return {"model": request.model, "created_at": go_json.timestamp(), **content, "done": False}


def done_line(request: AnswerRequest, reason: str) -> dict[str, Any]:
    """Write the last line without figures: all that comes of a load or an unload."""
    return {**plain_line(request), "done": True, "done_reason": reason}


def last_line(request: AnswerRequest, answer: Answer, task: Task, *, started_ns: int, load_ns: int) -> dict[str, Any]:
    """Write the last line of an answer; it is no `done` one when the answer ended without a word."""
    if answer.reason is None:
        return plain_line(request)
    has_context = request.kind == "generate" and request.raw_prompt is None
    # Numbers of tokens mean nothing here; there are as many as there were tokens.
    context = {"context": [*range(task.prompt_tokens + answer.tokens)]} if has_context else {}
    return {
        **done_line(request, answer.reason),
        **context,
        "total_duration": time.monotonic_ns() - started_ns,
        "load_duration": load_ns,
        "prompt_eval_count": task.prompt_tokens,
        "prompt_eval_duration": _microseconds(answer.reading_ns),
        "eval_count": answer.tokens,
        "eval_duration": _microseconds(answer.writing_ns),
    }


def rendered(request: AnswerRequest, prompt: str) -> dict[str, Any]:
    """Write the prompt instead of an answer (`_debug_render_only`)."""
    body = plain_line(request)
    if request.kind == "chat":
        body["message"]["role"] = ""
    return {**body, "_debug_info": {"rendered_template": prompt}}


def answer_lines(
    request: AnswerRequest, model: StoredModel, answer: Answer, has_left: HasLeft
) -> Iterable[dict[str, Any]]:
    """Write a line for every text and call; text that comes together with a call drives the call away (R9)."""
    if not request.tools or model.is_native:
        for text in answer.texts(has_left):
            yield plain_line(request, text)
        return
    names = [str(tool.get("function", {}).get("name", "")) for tool in request.tools]
    parser = ToolCallParser(model.template.tool_tag, names)
    for piece in answer.texts(has_left):
        text, calls = parser.add(piece)
        if text or calls:
            yield plain_line(request, text, () if text else calls)
    if rest := parser.rest():
        yield plain_line(request, rest)


def ps_entry(runner: Runner) -> dict[str, Any]:
    """Write what `/api/ps` tells of a runner; the lengths of the model are not among it."""
    model = runner.model
    details = {name: value for name, value in model.tags_entry["details"].items() if not name.endswith("_length")}
    memory = model.memory(runner.load.window_tokens, runner.slots)
    return {
        "name": model.name,
        "model": model.name,
        "size": memory.size_bytes,
        "digest": model.tags_entry["digest"],
        "details": {**details, "parent_model": ""},
        "expires_at": go_json.timestamp(int(runner.listed_expiry_ns())),
        "size_vram": memory.gpu_bytes,
        "context_length": runner.load.window_tokens,
    }


def _joined(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Make one answer of the lines of a stream."""
    final = dict(lines[-1])
    if "response" in final:
        return {**final, "response": "".join(line["response"] for line in lines)}
    content = "".join(line["message"]["content"] for line in lines)
    calls = [call for line in lines for call in line["message"].get("tool_calls", ())]
    message = {**final["message"], "content": content, **({"tool_calls": calls} if calls else {})}
    return {**final, "message": message}


def _microseconds(nanoseconds: int) -> int:
    return max(SMALLEST_DURATION_NS, nanoseconds // SMALLEST_DURATION_NS * SMALLEST_DURATION_NS)
