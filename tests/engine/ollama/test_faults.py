"""No refusal of the daemon and no exception of its package is left without one of our errors."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable

import httpx
import ollama
import pydantic
import pytest

from phidesk.core.errors import (
    EngineBusy,
    EngineDamaged,
    EngineDied,
    EngineForbidden,
    EngineRefused,
    EngineUnreachable,
    KeyRequired,
    ModelCannotChat,
    ModelElsewhere,
    ModelFileDamaged,
    ModelFolderUnusable,
    ModelLoadFailed,
    ModelLoadStalled,
    ModelMissing,
    ModelTooNew,
    NotAnEngine,
    PhiDeskError,
    ProcessorTooOld,
    PromptTooLong,
)
from phidesk.engine.ollama.faults import fault_in_stream, fault_of_reply, package_faults_as_ours
from tests.engine.ollama.recordings import RecordedError, recorded_errors

ADDRESS = "http://127.0.0.1:11434"
OUR_OWN_FAULT = EngineRefused
"""Requests that we never make; should one slip through, the person reads the engine's words."""

EXPECTED: dict[str, type[PhiDeskError]] = {
    "blob_removed_unloaded": ModelMissing,
    "chat_bad_stored_parameter": EngineRefused,
    "chat_format_bad": OUR_OWN_FAULT,
    "chat_format_badschema": OUR_OWN_FAULT,
    "chat_logprobs_bad": OUR_OWN_FAULT,
    "chat_template_unknown_field": EngineRefused,
    "cloud_disabled_chat": ModelElsewhere,
    "corrupt_chat_bad_header": ModelFileDamaged,
    "corrupt_chat_bad_magic": ModelFileDamaged,
    "corrupt_chat_bad_manifest": ModelFileDamaged,
    "corrupt_chat_empty_file": ModelCannotChat,
    "corrupt_chat_missing_blob": ModelCannotChat,
    "corrupt_chat_truncated": ModelFileDamaged,
    "corrupt_show_bad_header": ModelFileDamaged,
    "corrupt_show_bad_magic": ModelFileDamaged,
    "corrupt_show_bad_manifest": ModelFileDamaged,
    "corrupt_show_empty_file": ModelFileDamaged,
    "corrupt_show_missing_blob": ModelMissing,
    "corrupt_show_truncated": ModelFileDamaged,
    "err_body_empty": OUR_OWN_FAULT,
    "err_chat_model_empty": ModelMissing,
    "err_chat_model_invalid": ModelMissing,
    "err_chat_model_missing": ModelMissing,
    "err_chat_on_embedding_model": ModelCannotChat,
    "err_generate_model_empty": ModelMissing,
    "err_generate_model_missing": ModelMissing,
    "err_host_forbidden": EngineForbidden,
    "err_image_unsupported": EngineRefused,
    "err_json_malformed": OUR_OWN_FAULT,
    "err_json_messages_type": OUR_OWN_FAULT,
    "err_json_truncated": OUR_OWN_FAULT,
    "err_json_wrongtype": OUR_OWN_FAULT,
    "err_keepalive_bare": OUR_OWN_FAULT,
    "err_keepalive_type": OUR_OWN_FAULT,
    "err_method": NotAnEngine,
    "err_method_delete": NotAnEngine,
    "err_option_type": OUR_OWN_FAULT,
    "err_option_type_temp": OUR_OWN_FAULT,
    "err_origin_forbidden": EngineForbidden,
    "err_queue_full_503": EngineBusy,
    "err_route": NotAnEngine,
    "err_show_invalid": ModelMissing,
    "err_show_missing": ModelMissing,
    "err_think_bad": OUR_OWN_FAULT,
    "err_think_unsupported": EngineRefused,
    "err_tools_unsupported": EngineRefused,
    "limit_exact_256_of_256_shift_false_truncate_false": PromptTooLong,
    "limit_exact_256_of_256_shift_false_truncate_true": PromptTooLong,
    "limit_exact_256_of_256_shift_true_truncate_false": PromptTooLong,
    "limit_history_truncate_false": PromptTooLong,
    "limit_last_truncate_true_shift_false": PromptTooLong,
    "limit_prompt_truncate_false": PromptTooLong,
    "limit_prompt_truncate_false_shift_true": PromptTooLong,
    "load_fail_bad_kv_type": ModelLoadFailed,
    "load_fail_q8_no_fa": ModelLoadFailed,
    "native_prompt_too_long_truncate_true": PromptTooLong,
    "native_think_true": EngineRefused,
    "runner_killed_during_load": ModelLoadFailed,
    "runner_killed_prefill": EngineDied,
    "tool_bad_args_type": OUR_OWN_FAULT,
    "tool_bad_tools_type": OUR_OWN_FAULT,
}

# Not recorded: read in the daemon's source, or told by older daemons and by proxies.
TOLD: list[tuple[int, str, type[PhiDeskError], int]] = [
    (500, "llama-server reported out-of-memory during startup: cudaMalloc failed", ModelLoadFailed, 1),
    (500, "llama-server process has terminated: exit status 1: cudaMalloc failed: out of memory", ModelLoadFailed, 1),
    (500, "model requires more system memory (5.6 GiB) than is available (2.1 GiB)", ModelLoadFailed, 1),
    (500, "llama-server process has terminated: signal: illegal instruction", ProcessorTooOld, 0),
    (500, "llama-server process has terminated: exit status 0xc000001d", ProcessorTooOld, 0),
    (500, "llama runner process has terminated: exit status 2", ModelLoadFailed, 0),
    (500, "error starting llama-server: llama-server binary not found (checked: /usr/lib)", EngineDamaged, 0),
    (500, "timed out waiting for llama-server to start - progress 0.00", ModelLoadStalled, 0),
    (500, "unable to load model: /var/lib/ollama/models/blobs/sha256-1", ModelLoadFailed, 0),
    (500, "error loading model: unknown model architecture: 'phi9'", ModelTooNew, 0),
    (500, "failed to load model x: this model may be incompatible with your version of Ollama", ModelTooNew, 0),
    (500, "model runner has unexpectedly stopped, this may be due to resource limitations", EngineDied, 0),
    (500, "llama runner process no longer running: -1", EngineDied, 0),
    (500, "open /var/lib/ollama/models/blobs/sha256-1: no such file or directory", ModelFileDamaged, 0),
    (500, "open /var/lib/ollama/models/blobs/sha256-1: permission denied", ModelFolderUnusable, 0),
    (500, "mkdir /models: ensure path elements are traversable", ModelFolderUnusable, 0),
    (401, "unauthorized", KeyRequired, 0),
    (502, "upstream", EngineUnreachable, 0),
]


def fault(error: RecordedError) -> PhiDeskError:
    return fault_of_reply(error.status, error.body.encode(), address=ADDRESS, model="small")


def test_every_recorded_refusal_is_in_the_table() -> None:
    assert {error.recording for error in recorded_errors()} == set(EXPECTED)


@pytest.mark.parametrize("error", recorded_errors(), ids=lambda error: str(error.recording))
def test_each_recorded_refusal_becomes_its_error(error: RecordedError) -> None:
    ours = fault(error)

    assert type(ours) is EXPECTED[error.recording]
    assert ours.facts()["engine"] == "ollama"


@pytest.mark.parametrize(("status", "words", "expected", "out_of_memory"), TOLD, ids=[row[1][:40] for row in TOLD])
def test_each_told_refusal_becomes_its_error(
    status: int, words: str, expected: type[PhiDeskError], out_of_memory: int
) -> None:
    ours = fault_of_reply(status, json.dumps({"error": words}).encode(), address=ADDRESS, model="small")

    assert type(ours) is expected
    assert words in str(ours.facts()["detail"])
    assert ours.facts().get("out_of_memory", 0) == out_of_memory


def test_a_prompt_that_is_too_long_comes_with_both_numbers_if_they_were_told() -> None:
    errors = {error.recording: fault(error) for error in recorded_errors()}

    told, untold = errors["limit_prompt_truncate_false"], errors["limit_last_truncate_true_shift_false"]
    assert (told.facts()["prompt_tokens"], told.facts()["window_tokens"]) == (610, 256)
    assert (untold.facts()["prompt_tokens"], untold.facts()["window_tokens"]) == (None, None)


def test_the_runners_own_words_are_taken_out_of_their_wrapping() -> None:
    errors = {error.recording: fault(error) for error in recorded_errors()}

    assert str(errors["err_image_unsupported"].facts()["detail"]).startswith("Multimodal data provided")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"", NotAnEngine),
        (302, b"", NotAnEngine),
        (404, b"<!DOCTYPE html>", NotAnEngine),
        (400, b"{}", NotAnEngine),
        (407, b"<html>", KeyRequired),
        (500, b"", EngineRefused),
        (502, b"<html>Bad gateway</html>", EngineUnreachable),
        (503, b"<html>", EngineBusy),
        (504, b"", EngineUnreachable),
    ],
)
def test_what_stands_in_front_of_the_daemon_may_answer_instead(
    status: int, body: bytes, expected: type[PhiDeskError]
) -> None:
    assert type(fault_of_reply(status, body, address=ADDRESS)) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("an error was encountered while running the model: CUDA error: out of memory", EngineDied),
        ("llama-server response stream event exceeded 8 MB limit", EngineDied),
        ('llama-server returned invalid tool call arguments for "x": unexpected EOF', EngineDied),
        ({"message": "boom"}, EngineDied),
    ],
)
def test_an_error_line_becomes_its_error(error: object, expected: type[PhiDeskError]) -> None:
    assert type(fault_in_stream({"error": error}, address=ADDRESS)) is expected


# The `ollama` package


def refuse(status: int, body: str) -> Callable[[], None]:
    def call() -> None:
        raise ollama.ResponseError(body, status)

    return call


def decode_html() -> None:
    json.loads("<html>")


def miss_a_field() -> None:
    ollama.ShowResponse.model_validate({})


def meet_a_string() -> None:
    ollama.ResponseError('"a JSON string"')


def lose_the_connection() -> None:
    raise ConnectionError("Failed to connect to Ollama")


def time_out() -> None:
    raise httpx.ReadTimeout("slow")


@pytest.mark.parametrize(
    ("call", "cause", "expected"),
    [
        (refuse(404, '{"error":"model \'x\' not found"}'), ollama.ResponseError, ModelMissing),
        (refuse(403, ""), ollama.ResponseError, EngineForbidden),
        (refuse(503, '{"error":"server busy"}'), ollama.ResponseError, EngineBusy),
        (refuse(404, "404 page not found"), ollama.ResponseError, NotAnEngine),
        (refuse(-1, "an error was encountered while running the model: EOF"), ollama.ResponseError, EngineDied),
        (decode_html, json.JSONDecodeError, NotAnEngine),
        (miss_a_field, pydantic.ValidationError, NotAnEngine),
        (meet_a_string, AttributeError, NotAnEngine),
        (lose_the_connection, ConnectionError, EngineUnreachable),
        (time_out, httpx.ReadTimeout, EngineUnreachable),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_the_package_raises_becomes_one_of_ours(
    call: Callable[[], None], cause: type[Exception], expected: type[PhiDeskError]
) -> None:
    with pytest.raises(expected) as raised, package_faults_as_ours(ADDRESS, "x"):
        call()

    assert type(raised.value) is expected
    error: BaseException | None = raised.value
    while error is not None and type(error) is not cause:
        error = error.__cause__
    assert error is not None


def test_the_package_has_no_other_exceptions() -> None:
    exceptions = {value for value in vars(ollama).values() if inspect.isclass(value) and issubclass(value, Exception)}

    assert exceptions == {ollama.ResponseError, ollama.RequestError}


def test_a_request_that_the_package_refuses_is_a_bug_of_ours() -> None:
    with pytest.raises(ollama.RequestError), package_faults_as_ours(ADDRESS):
        raise ollama.RequestError("must provide a model")
