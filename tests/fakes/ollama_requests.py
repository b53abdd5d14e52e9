"""What the recorded daemon understands of the bodies of chat, generate and show, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes import go_json
from tests.fakes.ollama_runner import ApiError
from tests.fakes.ollama_templates import ChatMessage

DEFAULT_KEEP_ALIVE_NS = 300 * go_json.NANOSECONDS
FOREVER_NS = 2**63 - 1
MOST_LOGPROBS = 20
CLOUD_SUFFIXES = (":cloud", "-cloud")

_NAME = re.compile(r"(?:[\w.:-]+/)?(?:[\w.-]+/)?[\w][\w.-]*(?::[\w][\w.-]*)?", re.ASCII)
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_UNITS_NS = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_UNITS_NS |= {"m": 60 * _UNITS_NS["s"], "h": 3600 * _UNITS_NS["s"]}
# Fields that the decoder checks: the JSON kind and the name of the type in Go.
_CHAT_FIELDS = {
    "model": ("string", "string"),
    "messages": ("array", "[]api.Message"),
    "tools": ("array", "api.Tools"),
    "stream": ("bool", "bool"),
    "options": ("object", "map[string]interface {}"),
    "truncate": ("bool", "bool"),
    "shift": ("bool", "bool"),
    "logprobs": ("bool", "bool"),
    "top_logprobs": ("number", "int"),
}
_GENERATE_FIELDS = {
    "model": ("string", "string"),
    "prompt": ("string", "string"),
    "suffix": ("string", "string"),
    "system": ("string", "string"),
    "template": ("string", "string"),
    "raw": ("bool", "bool"),
    **{name: _CHAT_FIELDS[name] for name in ("stream", "options", "truncate", "shift", "logprobs", "top_logprobs")},
}
_PULL_FIELDS = dict.fromkeys(("model", "name"), ("string", "string"))
_PULL_FIELDS |= dict.fromkeys(("insecure", "stream"), ("bool", "bool"))
_CREATE_FIELDS = {
    **dict.fromkeys(("model", "name", "from", "template", "system"), ("string", "string")),
    "stream": ("bool", "bool"),
    "files": ("object", "map[string]string"),
    "adapters": ("object", "map[string]string"),
    "parameters": ("object", "map[string]interface {}"),
}
_SHOW_FIELDS = {"model": ("string", "string"), "name": ("string", "string"), "verbose": ("bool", "bool")}
# Options by the type that the daemon wants; unknown ones are ignored.
_INTEGER_OPTIONS = {
    "num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "draft_num_predict", "num_keep", "seed", "num_predict",
    "top_k", "repeat_last_n",
}  # fmt: skip
_FLOAT_OPTIONS = {
    "top_p", "min_p", "typical_p", "temperature", "repeat_penalty", "presence_penalty", "frequency_penalty",
}  # fmt: skip
# Options that start a runner anew, beside num_ctx.
_LAUNCH_OPTIONS = ("num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict")


@dataclass(frozen=True)
class AnswerRequest:
    """A chat or generate request.

    Attributes:
        messages: Of a generate request: system text and prompt as messages.
        raw_prompt: The prompt that goes to the model as it is.
        loads_only: There is nothing to answer: the model is to be loaded, or unloaded with `keep_alive_ns` 0.
    """

    kind: str
    model: str
    messages: tuple[ChatMessage, ...]
    raw_prompt: str | None
    loads_only: bool
    tools: tuple[dict[str, Any], ...]
    has_images: bool
    wants_thinking: bool
    output_format: Any
    options: Mapping[str, Any]
    keep_alive_ns: int
    is_streamed: bool
    is_truncated: bool
    is_shifting: bool
    is_render_only: bool

    @property
    def unloads(self) -> bool:
        """Tell whether it only asks for the model to go."""
        return self.loads_only and self.keep_alive_ns == 0


@dataclass(frozen=True)
class CreateRequest:
    """A create request.

    Attributes:
        base: The model that it is made from; empty where it is made of files.
        files, adapters: Digests by name.
    """

    name: str
    base: str
    files: Mapping[str, str]
    adapters: Mapping[str, str]
    template: str
    system: str
    licences: tuple[str, ...]
    parameters: Mapping[str, Any]
    is_streamed: bool


def read_chat(body: bytes) -> AnswerRequest:
    """Read a chat request.

    Raises:
        ApiError: The daemon would refuse it before it looks at the model.
    """
    fields = _read(body, "ChatRequest", _CHAT_FIELDS)
    messages = fields.get("messages") or []
    for message in messages:
        _check_kinds(message, "ChatRequest.messages", {"role": ("string", "string"), "content": ("string", "string")})
    return AnswerRequest(
        kind="chat",
        messages=tuple(_message(message) for message in messages),
        raw_prompt=None,
        loads_only=not messages,
        tools=tuple(fields.get("tools") or ()),
        has_images=any(message.get("images") for message in messages),
        **_common(fields),
    )


def read_generate(body: bytes) -> AnswerRequest:
    """Read a generate request.

    Raises:
        ApiError: The daemon would refuse it before it looks at the model.
    """
    fields = _read(body, "GenerateRequest", _GENERATE_FIELDS)
    prompt = fields.get("prompt") or ""
    is_raw = bool(fields.get("raw"))
    if is_raw and (fields.get("template") or fields.get("system") or fields.get("context")):
        raise ApiError(400, "raw mode does not support template, system, or context")
    system = [ChatMessage("system", fields["system"])] if fields.get("system") else []
    return AnswerRequest(
        kind="generate",
        messages=(*system, ChatMessage("user", prompt)),
        raw_prompt=prompt if is_raw else None,
        loads_only=not prompt,
        tools=(),
        has_images=bool(fields.get("images")),
        **_common(fields),
    )


def read_show(body: bytes) -> tuple[str, bool]:
    """Read a show request: the name and whether it is verbose."""
    fields = _read(body, "ShowRequest", _SHOW_FIELDS)
    return fields.get("model") or fields.get("name") or "", bool(fields.get("verbose"))


def read_pull(body: bytes) -> tuple[str, bool]:
    """Read a pull request: the name and whether it is streamed."""
    fields = _read(body, "PullRequest", _PULL_FIELDS)
    return fields.get("model") or fields.get("name") or "", fields.get("stream") is not False


def read_create(body: bytes) -> CreateRequest:
    """Read a create request.

    Raises:
        ApiError: The name cannot be.
    """
    fields = _read(body, "CreateRequest", _CREATE_FIELDS)
    name = fields.get("model") or fields.get("name") or ""
    if not is_valid_name(name):
        raise ApiError(400, "invalid model name")
    licence = fields.get("license") or []
    return CreateRequest(
        name=name,
        base=fields.get("from") or "",
        files=fields.get("files") or {},
        adapters=fields.get("adapters") or {},
        template=fields.get("template") or "",
        system=fields.get("system") or "",
        licences=(licence,) if isinstance(licence, str) else tuple(licence),
        parameters=fields.get("parameters") or {},
        is_streamed=fields.get("stream") is not False,
    )


def read_texts(body: bytes, *names: str) -> tuple[str, ...]:
    """Read a request of texts only: delete and copy."""
    fields = _read(body, "Request", dict.fromkeys(names, ("string", "string")))
    return tuple(fields.get(name) or "" for name in names)


def is_valid_name(name: str) -> bool:
    """Tell whether it may be the name of a model."""
    return _NAME.fullmatch(name) is not None


def full_name(name: str) -> str:
    """Add the tag that is meant when none is given."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def checked_options(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Join the model's stored parameters with those of a request.

    Raises:
        ApiError: One has a wrong type.
    """
    options = dict(stored)
    for name, value in asked.items():
        if name in _INTEGER_OPTIONS:
            _require(go_json.kind(value) == "number", name, "type integer")
            options[name] = int(value)
        elif name in _FLOAT_OPTIONS:
            _require(go_json.kind(value) == "number", name, "type float32")
            options[name] = value
        elif name == "use_mmap":
            _require(isinstance(value, bool), name, "type boolean")
            options[name] = value
        elif name == "stop":
            _require(isinstance(value, list), name, "type array")
            _require(all(isinstance(text, str) for text in value), name, "an array of strings")
            options[name] = value
    return options


def launch_options(options: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Pick the options that a runner is started with."""
    return tuple((name, options[name]) for name in _LAUNCH_OPTIONS if name in options)


def check_format(output_format: Any) -> None:
    """Refuse a format that is neither `"json"` nor a schema.

    Raises:
        ApiError: It is neither.
    """
    if output_format in (None, "", "json") or isinstance(output_format, dict):
        return
    written = go_json.encode(output_format).decode()
    quoted = go_json.encode(written).decode()
    raise ApiError(500, f'invalid format: {quoted}; expected "json" or a valid JSON Schema object', is_from_runner=True)


def _common(fields: Mapping[str, Any]) -> dict[str, Any]:
    logprobs = fields.get("top_logprobs") or 0
    if not 0 <= logprobs <= MOST_LOGPROBS:
        raise ApiError(400, "top_logprobs must be between 0 and 20")
    return {
        "model": fields.get("model") or "",
        "wants_thinking": _thinking(fields.get("think")),
        "output_format": fields.get("format"),
        "options": fields.get("options") or {},
        "keep_alive_ns": _keep_alive_ns(fields.get("keep_alive")),
        "is_streamed": fields.get("stream") is not False,
        "is_truncated": fields.get("truncate") is not False,
        "is_shifting": fields.get("shift") is not False,
        "is_render_only": bool(fields.get("_debug_render_only")),
    }


def _read(body: bytes, struct: str, types: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    if not body:
        raise ApiError(400, "missing request body")
    try:
        fields = go_json.decode(body)
    except go_json.GoJSONError as error:
        raise ApiError(400, str(error)) from error
    if not isinstance(fields, dict):
        raise ApiError(400, f"json: cannot unmarshal {go_json.kind(fields)} into Go value of type api.{struct}")
    _check_kinds(fields, struct, types)
    return fields


def _check_kinds(fields: Any, struct: str, types: Mapping[str, tuple[str, str]]) -> None:
    if not isinstance(fields, dict):
        text = f"json: cannot unmarshal {go_json.kind(fields)} into Go struct field {struct} of type api.Message"
        raise ApiError(400, text)
    for name, (wanted, go_type) in types.items():
        found = go_json.kind(fields.get(name))
        if found not in (wanted, "null"):
            text = f"json: cannot unmarshal {found} into Go struct field {struct}.{name} of type {go_type}"
            raise ApiError(400, text)


def _message(message: Mapping[str, Any]) -> ChatMessage:
    calls = []
    for call in message.get("tool_calls") or []:
        function = call.get("function", {})
        if not isinstance(function.get("arguments", {}), dict):
            raise ApiError(400, "Value looks like object, but can't find closing '}' symbol")
        calls.append({"name": function.get("name", ""), "arguments": function.get("arguments", {})})
    return ChatMessage(str(message.get("role") or "").lower(), message.get("content") or "", tuple(calls))


def _thinking(think: Any) -> bool:
    levels: Sequence[Any] = ("high", "medium", "low", "max")
    if think is None or isinstance(think, bool):
        return bool(think)
    if think in levels:
        return True
    quoted = go_json.encode(think).decode()
    raise ApiError(400, f'invalid think value: {quoted} (must be "high", "medium", "low", "max", true, or false)')


def _keep_alive_ns(value: Any) -> int:
    if value is None:
        return DEFAULT_KEEP_ALIVE_NS
    if go_json.kind(value) == "number":
        return FOREVER_NS if value < 0 else int(value * go_json.NANOSECONDS)
    if not isinstance(value, str):
        types = {"object": "map[string]interface {}", "array": "[]interface {}", "bool": "bool"}
        raise ApiError(400, f"Unsupported type: '{types[go_json.kind(value)]}'")
    quoted = go_json.encode(value).decode()
    text = value.lstrip("+-")
    if text == "0":
        return 0
    if not _DURATION.match(text):
        is_number = re.fullmatch(r"\d+(\.\d*)?", text)
        raise ApiError(400, f"time: {'missing unit in' if is_number else 'invalid'} duration {quoted}")
    if value.startswith("-"):
        return FOREVER_NS
    return int(sum(float(number) * _UNITS_NS[unit] for number, unit in _DURATION.findall(text)))


def _require(is_right: bool, name: str, wanted: str) -> None:
    if not is_right:
        raise ApiError(500, f'option "{name}" must be of {wanted}')
