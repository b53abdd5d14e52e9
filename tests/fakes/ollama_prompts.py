"""What the recorded daemon makes of a request before a runner works on it: the model, its launch, the fitted prompt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes import go_json
from tests.fakes.ollama_answers import Task
from tests.fakes.ollama_models import Script, StoredModel, pieces_of
from tests.fakes.ollama_requests import CLOUD_SUFFIXES, AnswerRequest, full_name, is_valid_name, launch_options
from tests.fakes.ollama_runner import ApiError, Load
from tests.fakes.ollama_templates import CONTROL_WORDS, ChatMessage

MINIMUM_WINDOW = 4
DEFAULT_KEPT_TOKENS = 4
PROMPT_TOO_LONG = (
    "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the "
    "context length in settings, or use a model with a longer context length"
)
NO_IMAGES = "Multimodal data provided, but model does not support multimodal requests."
NO_SCRIPT = Script(pieces_of("I have no script for this."))


def find_model(models: Iterable[StoredModel], name: str) -> StoredModel | None:
    """Find a model by its name, whose case does not matter."""
    wanted = full_name(name).lower()
    return next((model for model in models if model.name.lower() == wanted), None)


def model_for(request: AnswerRequest, models: Iterable[StoredModel], *, is_cloud_disabled: bool) -> StoredModel:
    """Find the model of a request.

    Raises:
        ApiError: There is none, or it runs elsewhere.
    """
    if request.kind == "chat" and not request.model:
        raise ApiError(400, "model is required")
    if request.kind == "chat" and not is_valid_name(request.model):
        raise ApiError(400, "invalid model name")
    model = find_model(models, request.model)
    is_remote = request.model.endswith(CLOUD_SUFFIXES) or (model is not None and "remote_host" in model.tags_entry)
    if is_remote and is_cloud_disabled:
        raise ApiError(403, "ollama cloud is disabled: remote model is unavailable")
    if is_remote:
        raise ApiError(401, "unauthorized")
    if model is None:
        raise ApiError(404, f"model '{request.model}' not found")
    return model


def check_abilities(request: AnswerRequest, model: StoredModel) -> None:
    """Refuse what the model cannot do.

    Raises:
        ApiError: It cannot.
    """
    if "completion" not in model.capabilities:
        raise ApiError(400, f'"{request.model}" does not support {request.kind}')
    if request.tools and "tools" not in model.capabilities:
        raise ApiError(400, f"registry.ollama.ai/library/{model.name} does not support tools")
    if request.wants_thinking and "thinking" not in model.capabilities:
        raise ApiError(400, f'"{request.model}" does not support thinking')


def load_for(request: AnswerRequest, model: StoredModel, options: Mapping[str, Any], default_window: int) -> Load:
    """Tell how the request wants its runner started; the window ends at the trained one."""
    window = min(options.get("num_ctx", default_window), model.trained_window)
    return Load(max(MINIMUM_WINDOW, window), request.is_shifting, launch_options(options))


def fit_messages(request: AnswerRequest, model: StoredModel, window: int) -> str:
    """Render the prompt; too long a history silently loses its first messages, but no system message.

    Raises:
        ApiError: There are images.
    """
    if request.has_images:
        raise _nested_error(NO_IMAGES, "invalid_request_error")
    if request.raw_prompt is not None:
        return request.raw_prompt
    messages = _with_stored_system(request, model)
    for start in range(len(messages)):
        kept_system = [message for message in messages[:start] if message.role == "system"]
        prompt = model.template.render([*kept_system, *messages[start:]], request.tools)
        if not request.is_truncated or len(model.tokens(prompt)) <= window:
            break
    return prompt


def task_for(
    request: AnswerRequest,
    model: StoredModel,
    options: Mapping[str, Any],
    window: int,
    prompt: str,
    scripts: Mapping[str | None, Script],
) -> tuple[str, Task]:
    """Cut the prompt to the window if that is wished, and choose what will be said to it.

    Raises:
        ApiError: It is too long, or was cut although nothing may fall out later.
    """
    script = choose_script(scripts, prompt)
    tokens = model.tokens(prompt)
    count = len(tokens) if script.prompt_tokens is None else script.prompt_tokens
    if count >= window:
        if not request.is_truncated or model.is_native:
            raise _prompt_exceeds(count, window)
        if not request.is_shifting:
            raise ApiError(400, PROMPT_TOO_LONG, is_from_runner=True)
        kept = min(options.get("num_keep", DEFAULT_KEPT_TOKENS), window)
        count = window - (window - kept) // 2
        tokens = [*tokens[:kept], *tokens[kept - count :]]
        prompt = b"".join(tokens).decode(errors="replace")
        script = choose_script(scripts, prompt)
    has_tools = bool(request.tools) and not model.is_native
    visible = filter(model.template.tool_tag.__contains__, CONTROL_WORDS if has_tools else ())
    most, stops = options.get("num_predict", -1), tuple(options.get("stop", ()))
    return prompt, Task(script, tuple(tokens), count, most, stops, frozenset(visible))


def choose_script(scripts: Mapping[str | None, Script], prompt: str) -> Script:
    """Take the script whose key stands last in the prompt, or the one without a key."""
    keys = [key for key in scripts if key is not None and key in prompt]
    return scripts[max(keys, key=prompt.rfind)] if keys else scripts.get(None, NO_SCRIPT)


def _with_stored_system(request: AnswerRequest, model: StoredModel) -> list[ChatMessage]:
    """Put the model's own system text first, unless the request has one there."""
    messages = list(request.messages)
    stored = model.show_body.get("system")
    if stored and messages[0].role != "system":
        messages.insert(0, replace(messages[0], role="system", content=stored, tool_calls=()))
    return messages


def _nested_error(message: str, kind: str, **facts: int) -> ApiError:
    """Errors of the runner come as JSON within a string."""
    error = {"error": {"code": 400, "message": message, "type": kind, **facts}}
    return ApiError(400, go_json.encode(error).decode(), is_from_runner=True)


def _prompt_exceeds(count: int, window: int) -> ApiError:
    text = f"request ({count} tokens) exceeds the available context size ({window} tokens), try increasing it"
    return _nested_error(text, "exceed_context_size_error", n_prompt_tokens=count, n_ctx=window)
