"""The recorded daemon is asked what the real one was asked, and answers the same: status, headers, chunks, bodies.

Only what changes from run to run is compared by its form: times, durations, ids of calls, numbers of tokens. What the
real models said is given to the fake ones as scripts; everything else the daemon has to find out by itself.
"""

from __future__ import annotations

import fnmatch
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import (
    RECORDINGS,
    Failure,
    Script,
    StoredModel,
    embedding_model,
    pieces_of,
    recorded_model,
    scripted_memory,
    smollm2,
    smollm2_memory,
)
from tests.fakes.ollama_pulls import Layer, OfferedModel
from tests.fakes.ollama_recordings import Exchange, Recording, Reply, recording, send, sent
from tests.fakes.ollama_templates import (
    CONTROL_WORDS,
    ChatMessage,
    Template,
    merge_neighbours,
    render_chatml,
    render_phi4_fixed,
    render_phi4_registry,
    render_plain,
)

# How SmolLM2's tokenizer cuts the recorded English prompts (all counts but those with emoji come out right).
SMOLLM2_TOKENS = re.compile(
    r"<\|[a-z_/]+\|>|(?<=>)(?:ass(?=istant)|wiz(?=ard))| S(?=YS)|'(?:s|t|re|ve|m|ll|d)\b"
    r"| ?[A-Za-z]+|\d| (?=\d)|,| ?(?:(?!<\|)[^\sA-Za-z\d,])+|\s+(?=\S)|\s+"
)

CALL = '{"name":"get_weather","arguments":{"city":"Paris"}}'
TIME_CALL = '{"name":"get_time","arguments":{"zone":"Europe/Paris","h24":true,"n":3}}'
FACE, NAMASTE = "😀".encode(), "नमस्ते".encode()
# What the recorded scripted model was made to say, by key.
SCRIPTS: dict[str | None, str | list[str | bytes]] = {
    None: "Hello, I am a scripted model. What can I do for you?",
    "ONECALL": f"<|tool_call|>[{CALL}]<|/tool_call|>",
    "TWOCALLS": f"<|tool_call|>[{CALL}, {TIME_CALL}]<|/tool_call|>",
    "BADBRACE": '<|tool_call|>[{"name":"get_weather","arguments":{"city":"Paris"}]<|/tool_call|>',
    "UNKNOWNTOOL": '<|tool_call|>[{"name":"fly_to_moon","arguments":{"city":"Paris"}}]<|/tool_call|>',
    "AROUND": f"Let me check that.\n<|tool_call|>[{CALL}]<|/tool_call|> I asked the service.",
    "BAREJSON": f"[{CALL}]",
    "BAREOBJECT": CALL,
    "FUNCTOOLS": f"functools[{CALL}]",
    "FENCED": f"```json\n[{CALL}]\n```",
    "BLANKTAG": f"<|tool_call|> [{CALL}]<|/tool_call|>",
    "NOBRACKET": f"<|tool_call|>{CALL}<|/tool_call|>",
    "ARGSTRING": '<|tool_call|>[{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}]<|/tool_call|>',
    "PARAMETERS": '<|tool_call|>[{"name":"get_weather","parameters":{"city":"Paris"}}]<|/tool_call|>',
    "NOARGS": '<|tool_call|>[{"name":"get_weather"}]<|/tool_call|>',
    "EMPTYARGS": '<|tool_call|>[{"name":"get_weather","arguments":{}}]<|/tool_call|>',
    "UNCLOSED": f"<|tool_call|>[{CALL}",
    "WRAPPED": f'<|tool_call|>[{{"type":"function","function":{CALL}}}]<|/tool_call|>',
    "GARBAGE": f"<|tool_call|>[{CALL}]<|/tool_call|><|system|>The weather is",
    "<|tool_response|>": "It is 20 degrees and sunny in Paris.",
    "SPLITUTF8": [b"A smile ", FACE[:2], FACE[2:], b" and ", NAMASTE[:4], NAMASTE[4:8], NAMASTE[8:], b".\n"],
    "FOREVER": ["tick ", "tock ", "tack "],
    "REPEAT": ["ha "],
    "BLANKS": ["\n\n"],
    "THINK": "<think>I should count to three. One, two, three.</think>The answer is 3.",
    "ODDCHARS": 'NEL:\u0085 LS:\u2028 PS:\u2029 NUL-like:\u0001 tab:\t quote:" backslash:\\ tag:<b>&amp; end',
    "MARKDOWN": '# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint("hi")\n```\n\n$E=mc^2$ **bold** `code`\n',
    "NOTHING": [],
}
ENDLESS = ("FOREVER", "REPEAT", "BLANKS")


# What cannot be read off a recording: the token in which the stop text came.
SAMPLED: dict[str, list[str]] = {"chat_stop_string": ["One", ",", " two", ",", " three"]}
PROMPT_TOKENS = {"chat_emoji": 46, "chat_emoji_long": 62, "err_body_utf8": 12, "chat_gemma_stream": 27}
LONG_STORY = "Tell a very long story about a fox and a bear."


class Stage:
    """A daemon, and the requests that are still on their way to it."""

    def __init__(self, daemon: OllamaDaemon, exits: ExitStack) -> None:
        self.daemon = daemon
        self._exits = exits

    def begin(self, name: str) -> Exchange:
        """Send a recorded request whose words are known to the model."""
        recorded = recording(name)
        model = (recorded.request or {}).get("model")
        if not str(model).startswith("scripted"):
            pieces = SAMPLED.get(name) or recorded.pieces()
            self.daemon.say(pieces, then=_unhappy_end(recorded), prompt_tokens=PROMPT_TOKENS.get(name))
        return self._exits.enter_context(send(self.daemon.url, recorded))

    def begin_long(self, **changes: Any) -> Exchange:
        """Send a chat that stays in the middle of its answer until `go_on`."""
        self.daemon.say(["In", None, " a"], when=LONG_STORY)
        request = {
            "model": "smollm2",
            "messages": [{"role": "user", "content": LONG_STORY}],
            "shift": False,
            "options": {"num_ctx": 2048, **changes},
        }
        body = json.dumps(request).encode()
        return self._exits.enter_context(sent(self.daemon.url, "POST", "/api/chat", body))

    def hold_long(self, **changes: Any) -> Exchange:
        """Send such a chat and see it held."""
        exchange = self.begin_long(**changes)
        self.daemon.wait_until(lambda: self.daemon.is_held)
        return exchange


Hook = Callable[[Stage], None]


def hold_long(stage: Stage) -> None:
    stage.hold_long()


def hold_long_and_unload(stage: Stage) -> None:
    stage.hold_long(num_ctx=8192)
    stage.begin("chat_unload_while_busy").reply()


def leave_long(stage: Stage) -> None:
    stage.hold_long(num_ctx=8192).leave()
    stage.daemon.wait_until(lambda: stage.daemon.departures == 1)


def load_with(window_tokens: int) -> Hook:
    def load(stage: Stage) -> None:
        exchange = stage.hold_long(num_ctx=window_tokens)
        stage.daemon.go_on()
        exchange.reply()

    return load


def go_on_when_another_waits(stage: Stage) -> None:
    stage.daemon.wait_until(lambda: stage.daemon.waiting == 1)
    stage.daemon.go_on()


def fill_the_queue(stage: Stage) -> None:
    stage.hold_long()
    for window_tokens in (1024, 4096):
        stage.begin_long(num_ctx=window_tokens)
    stage.daemon.wait_until(lambda: stage.daemon.waiting == 2)


def hold_loads(stage: Stage) -> None:
    stage.daemon.load_s = math.inf


def begin_endless_load(stage: Stage) -> None:
    hold_loads(stage)
    stage.begin_long()
    stage.daemon.wait_until(lambda: stage.daemon.is_loading)


def read_for_ever(stage: Stage) -> None:
    stage.daemon.say("never said", when="apple", reading_s=math.inf)


def kill_while_loading(stage: Stage) -> None:
    stage.daemon.wait_until(lambda: stage.daemon.is_loading)
    stage.daemon.kill_runners()


def kill_while_reading(stage: Stage) -> None:
    stage.daemon.wait_until(lambda: stage.daemon.is_generating)
    stage.daemon.kill_runners()


def kill_runners(stage: Stage) -> None:
    stage.daemon.kill_runners()


def fail_loads_like(name: str) -> Hook:
    def fail(stage: Stage) -> None:
        stage.daemon.load_error = json.loads(recording(name).reply.body)["error"]

    return fail


def offer_recorded(stage: Stage) -> None:
    """Let the registry have the recorded model, and the daemon all of its layers."""
    lines = [line for line in recording("pull_already_present").lines if "digest" in line]
    layers = tuple(Layer(line["digest"].removeprefix("sha256:"), line["total"]) for line in lines)
    stage.daemon.library.offers[recording("pull_already_present").request["model"]] = OfferedModel(layers)
    stage.daemon.library.present |= {one.digest: one.size_bytes for one in layers}


def fail_manifest_like(name: str) -> Hook:
    def fail(stage: Stage) -> None:
        recorded = recording(name)
        offer = OfferedModel(manifest_error=recorded.lines[-1]["error"])
        stage.daemon.library.offers[recorded.request["model"]] = offer

    return fail


@dataclass(frozen=True)
class Case:
    """One recording and what has to be so.

    Attributes:
        after: Recorded requests that are answered before.
        before, during: What else happens before the request is sent, and after it.
    """

    name: str
    after: tuple[str, ...] = ()
    before: Hook | None = None
    during: Hook | None = None
    store: tuple[str, ...] = (
        "smollm2",
        "scripted-fixed",
        "scripted-registry",
        "scripted-jinja+tools",
        "scripted-embed",
    )
    settings: dict[str, Any] = field(default_factory=dict)


PROBES = [
    Case("root"),
    Case("root_head"),
    Case("version"),
    Case("version_head"),
    Case("status"),
    Case("err_route"),
    Case("err_method"),
    Case("err_method_delete"),
    Case("err_host_forbidden"),
    Case("err_origin_forbidden"),
]
STORE = [
    Case("tags_empty", store=()),
    Case("tags_head"),
    Case("tags", store=("smollm2", "smol-b", "smol-unk", "smol-x", "smol-copy:v1", "smol-pirate")),
    Case(
        "tags_two_families",
        store=(
            "smollm2", "smol-pirate", "smol-x", "phi4-registry", "phi4-draft", "phi4-fixed", "scripted-registry",
            "scripted-fixed", "scripted-jinja", "scripted-both", "scripted-embed", "gemma3-270m",
        ),
    ),
    Case("show"),
    Case("show_derived", store=("smol-pirate",)),
    Case("show_gemma", store=("gemma3-270m",)),
    Case("show_tools_capability"),
    Case("err_show_invalid"),
    Case("err_show_missing"),
]  # fmt: skip
CHATS = [
    *(
        Case(name)
        for name in (
            "chat_cold_first", "chat_stream_plain", "chat_default_stream", "chat_nonstream", "chat_all_defaults",
            "chat_num_predict_0", "chat_num_predict_1", "chat_num_predict_limit", "chat_emoji", "chat_emoji_long",
            "chat_stop_string", "chat_json_format", "chat_json_schema", "chat_json_truncated", "chat_prefill",
            "chat_think_false_ok", "chat_tools_empty_list", "chat_debug_render_only", "chat_keepalive_zero_answer",
            "chat_keepalive_forever", "chat_empty_messages_load", "chat_preload_cold", "chat_unload",
            "chat_sampling_noreload", "err_option_unknown_ok", "err_role_unknown", "err_body_utf8",
            "err_lone_surrogate", "generate_load", "generate_unload", "generate_plain", "generate_raw",
        )
    ),
    Case("chat_running_first"),
    Case("chat_during_unload_request"),
    Case("chat_gemma_stream", store=("gemma3-270m",)),
    Case("chat_after_preload", after=("chat_preload_cold",)),
    Case("chat_noreload_same", after=("chat_noreload_same",)),
    Case("chat_reload_numctx", after=("chat_after_preload",)),
    Case("chat_reload_shift", after=("chat_reload_numctx",)),
    Case("chat_derived", store=("smol-pirate", "smollm2")),
    Case("chat_base_shares_runner", after=("chat_derived",), store=("smol-pirate", "smollm2")),
    Case("chat_after_runner_kill", after=("runner_killed_midstream",)),
    Case("chat_after_idle_runner_kill", after=("chat_after_runner_kill",), before=kill_runners),
    *(
        Case(name)
        for name in (
            "chat_scripted_plain", "chat_odd_chars", "chat_split_utf8", "chat_markdown", "chat_think_inline",
            "chat_empty_answer", "chat_forever_num_predict", "chat_repeat_guard", "chat_repeat_guard_nonstream",
            "chat_repeat_blanks", "native_plain", "native_tool_call", "native_tool_history", "native_render",
            "native_think_true", "native_prompt_too_long_truncate_true",
        )
    ),
]  # fmt: skip
TOOLS = [
    Case("both_templates_tool_call", store=("scripted-both",)),
    *(
        Case(f"tool_{key}{template}")
        for template in ("", "_regtmpl")
        for key in (
            "onecall", "twocalls", "badbrace", "unknowntool", "around", "barejson", "bareobject", "functools",
            "fenced", "blanktag", "nobracket", "argstring", "parameters", "noargs", "emptyargs", "unclosed",
            "wrapped", "garbage",
        )
    ),
    *(
        Case(f"tool_{name}")
        for name in (
            "onecall_nonstream", "twocalls_nonstream", "around_nonstream", "none_plain", "onecall_no_tools_sent",
            "cut_by_num_predict", "roundtrip_answer", "bad_args_type", "bad_tools_type", "bad_type_field",
        )
    ),
]  # fmt: skip
LIMITS = [
    Case(f"limit_{name}")
    for name in (
        *(
            f"exact_{tokens}_of_256_shift_{shift}_truncate_{truncate}"
            for tokens in (255, 256)
            for shift in ("false", "true")
            for truncate in ("false", "true")
        ),
        "prompt_truncate_false", "prompt_truncate_false_shift_true", "last_truncate_true_shift_false",
        "last_truncate_true_shift_true", "history_full_window", "history_render", "history_truncate_false",
        "history_truncate_true_shift_false", "history_truncate_true_shift_true", "shift_false_full",
        "shift_true_silent", "num_predict_minus1_shift_true",
    )
]  # fmt: skip
REFUSALS = [
    *(
        Case(f"err_{name}")
        for name in (
            "body_empty", "json_malformed", "json_truncated", "json_wrongtype", "json_messages_type",
            "chat_model_empty", "chat_model_invalid", "chat_model_missing", "generate_model_empty",
            "generate_model_missing", "chat_on_embedding_model", "image_unsupported", "keepalive_bare",
            "keepalive_type", "option_type", "option_type_temp", "think_bad", "think_unsupported",
            "tools_unsupported",
        )
    ),
    Case("chat_format_bad"),
    Case("chat_logprobs_bad"),
    Case("cloud_disabled_chat"),
]  # fmt: skip
LOADED = [
    Case("ps_idle_empty"),
    Case("ps_loaded", after=("chat_cold_first",)),
    Case("ps_after_defaults", after=("chat_cold_first", "chat_all_defaults")),
    Case("ps_keepalive_30m", after=("chat_empty_messages_load",)),
    Case("ps_keepalive_forever", after=("chat_keepalive_forever",)),
    Case("ps_after_keepalive_zero_answer", after=("chat_keepalive_zero_answer",)),
    Case("ps_after_unload", after=("chat_cold_first", "chat_unload")),
    Case("ps_after_load", after=("chat_during_unload_request",)),
    Case("ps_after_runner_kill", after=("runner_killed_midstream",)),
    Case("ps_runner_killed_idle", after=("chat_after_runner_kill",), before=kill_runners),
    Case("ps_derived", after=("chat_derived",), store=("smol-pirate", "smollm2")),
    Case("ps_shared_runner", after=("chat_derived", "chat_base_shares_runner"), store=("smol-pirate", "smollm2")),
    Case("ps_ctx2048_f16", before=load_with(2048)),
    Case("ps_ctx4096_f16", before=load_with(4096)),
    Case("ps_ctx8192_f16", before=load_with(8192)),
    Case("ps_ctx_capped", before=load_with(100_000)),
    Case("ps_after_disconnect", before=leave_long),
    Case("ps_parallel_2", after=("chat_parallel_2",), settings={"slots": 2}),
]
BUSY = [
    Case("chat_parallel_2", before=hold_long, settings={"slots": 2}),
    Case("chat_queued_behind_other", before=hold_long, during=go_on_when_another_waits),
    Case("chat_reload_wait_busy", before=hold_long, during=go_on_when_another_waits),
    Case(
        "chat_model_swap_wait",
        before=hold_long,
        during=go_on_when_another_waits,
        settings={"most_loaded": 1},
    ),
    Case("chat_unload_while_busy", before=hold_long),
    Case("ps_busy", before=hold_long),
    Case("ps_runner_frozen", before=hold_long),
    Case("version_runner_frozen", before=hold_long),
    Case("ps_unload_while_busy", before=hold_long_and_unload),
    Case("ps_during_load", before=begin_endless_load),
    Case("err_queue_full_503", before=fill_the_queue, settings={"longest_queue": 1}),
]
FAILURES = [
    Case("runner_killed_midstream"),
    Case("runner_killed_prefill", before=read_for_ever, during=kill_while_reading),
    Case("runner_killed_during_load", before=hold_loads, during=kill_while_loading),
    Case("load_fail_q8_no_fa", before=fail_loads_like("load_fail_q8_no_fa")),
    Case("load_fail_bad_kv_type", before=fail_loads_like("load_fail_bad_kv_type")),
    Case("daemon_sigterm_midstream"),
    Case("daemon_sigkill_midstream"),
]
PULLS = [
    Case("pull_bad_name"),
    Case("pull_empty_name"),
    Case("pull_offline"),
    Case("pull_offline_nonstream"),
    Case("pull_already_present", before=offer_recorded),
    Case("pull_nonstream", before=offer_recorded),
    Case("pull_err_404_model", before=offer_recorded),
    Case("pull_err_404_tag", before=offer_recorded),
    *(
        Case(f"pull_err_{name}", before=fail_manifest_like(f"pull_err_{name}"))
        for name in ("m401", "m401auth", "m403", "m412", "m500", "mbad")
    ),
]
CASES = [*PROBES, *STORE, *CHATS, *TOOLS, *LIMITS, *REFUSALS, *LOADED, *BUSY, *FAILURES, *PULLS]

CLAIMED_PATHS = (
    "/",
    "/api/version",
    "/api/status",
    "/api/tags",
    "/api/ps",
    "/api/show",
    "/api/generate",
    "/api/chat",
    "/api/pull",
)
# Recordings of version, tags, show, ps, generate, chat and pull that are not replayed, and why.
LEFT_OUT = {
    "lines that depend on how fast the parts came (see test_ollama_pulls)": (
        "pull_digest_mismatch", "pull_disk_full", "pull_full",
    ),
    "another registry": ("pull_insecure_refused", "pull_refused", "pull_unknown_host"),
    "needs pull, create, delete or a damaged store (issue B)": (
        "chat_pulled", "tags_after_pull", "tags_deleted_while_loaded", "ps_deleted_while_loaded", "tags_corrupt_store",
        "corrupt_*", "blob_removed_*", "chat_bad_stored_parameter", "chat_template_unknown_field", "disk_full_tags",
    ),
    "needs embed": ("ps_after_embed", "ps_two_models"),
    "needs a grammar, probabilities or a vocabulary of the real model": (
        "chat_format_badschema", "chat_logprobs", "tool_logprobs", "tool_format_schema", "show_verbose",
        "chat_after_prefill_disconnect",
    ),
    "the client leaves or gives up: nothing to compare (see test_ollama_daemon)": (
        "chat_client_disconnect_*", "chat_while_runner_frozen", "daemon_frozen_version", "conn_refused",
    ),
    "a process frozen for 20 s": ("runner_frozen_midstream", "ps_runner_frozen_with_waiting_chat"),
    "another model, which tags does not list (see test_ollama_daemon)": ("tool_text_and_call_in_one_chunk",),
    "says nothing that another one does not say": (
        "chat_after_idle_runner_kill_2", "chat_queue_same_runner", "ps_ctx*_q*",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_daemon_replies_as_recorded(case: Case, stage_for: Callable[[Case], Stage]) -> None:
    stage = stage_for(case)
    for name in case.after:
        stage.begin(name).reply()
    if case.before:
        case.before(stage)

    exchange = stage.begin(case.name)
    if case.during:
        case.during(stage)
    recorded = recording(case.name)
    reply = exchange.reply(has_body=recorded.method != "HEAD")

    assert reply.without_volatile() == recorded.reply.without_volatile()
    assert (reply.status, reply.end) == (recorded.reply.status, recorded.reply.end)
    assert_headers_are_alike(reply, recorded)


def test_every_recording_is_replayed_or_left_out_for_a_reason() -> None:
    replayed = {case.name for case in CASES} | {name for case in CASES for name in case.after}
    patterns = [pattern for patterns in LEFT_OUT.values() for pattern in patterns]

    names = {path.stem for path in RECORDINGS.glob("*.json") if recording(path.stem).path in CLAIMED_PATHS}

    left_out = {name for pattern in patterns for name in fnmatch.filter(names, pattern)}
    assert not names - replayed - left_out
    assert not replayed & left_out


def assert_headers_are_alike(reply: Reply, recorded: Recording) -> None:
    names = [name.lower() for name in reply.headers]
    assert names == list(recorded.reply.headers)
    assert all(name == name.title() for name in reply.headers)
    fixed = [name for name in recorded.reply.headers if name not in ("date", "content-length")]
    assert all(reply.headers[name.title()] == recorded.reply.headers[name] for name in fixed)
    assert parsedate_to_datetime(reply.headers["Date"]).tzinfo == UTC
    if reply.body and "Content-Length" in reply.headers:
        assert int(reply.headers["Content-Length"]) == len(reply.body)
    is_fixed = reply.without_volatile() == reply.chunks
    if is_fixed and "Content-Length" in reply.headers:
        assert reply.headers["Content-Length"] == recorded.reply.headers["content-length"]


@pytest.fixture
def stage_for() -> Iterator[Callable[[Case], Stage]]:
    """Give the daemon that a case is played with."""
    with ExitStack() as exits:

        def start(case: Case) -> Stage:
            models = [stored_model(name) for name in case.store]
            daemon = exits.enter_context(OllamaDaemon(models, version="0.0.0", **case.settings))
            return Stage(daemon, exits)

        yield start


def stored_model(name: str) -> StoredModel:
    """Give a model of the recorded store, with the words of the scripted ones; `+tools` makes it take tools."""
    name, _, ability = name.partition("+")
    if name == "smollm2":
        return replace(smollm2(), split=split_like_smollm2)
    if name == "scripted-embed":
        return embedding_model()
    if name == "smol-pirate":
        template = Template("pirate", render_pirate)
        model = recorded_model(name, show="show_derived", template=template, memory=smollm2_memory)
        return replace(model, split=split_like_smollm2)
    if name in TEMPLATES:
        keys = tuple(key for key in SCRIPTS if key and key not in CONTROL_WORDS)
        scripts = tuple(
            Script(pieces_of(said) if isinstance(said, str) else said, key, is_endless=key in ENDLESS)
            for key, said in SCRIPTS.items()
        )
        model = recorded_model(
            name,
            show="show_tools_capability",
            template=TEMPLATES[name],
            memory=scripted_memory,
            scripts=scripts,
            words=(*CONTROL_WORDS, *keys),
            is_native=name == "scripted-jinja",
        )
        # `scripted-jinja` took tools when chats with it were recorded; the recorded tags, a little later, do not say so.
        extra = {"capabilities": ["completion", ability]} if ability else {}
        return replace(model, tags_entry={**model.tags_entry, **extra})
    show = "show_gemma" if name == "gemma3-270m" else "show"
    return recorded_model(name, show=show, template=Template("plain", render_plain), memory=smollm2_memory)


def split_like_smollm2(prompt: str) -> list[bytes]:
    return [token.encode() for token in SMOLLM2_TOKENS.findall(prompt)]


def render_pirate(messages: Sequence[ChatMessage], tools: Sequence[dict[str, Any]]) -> str:
    """Its template writes the system text twice: once by itself, once among the messages."""
    system = "".join(message.content for message in messages if message.role == "system")
    return f"<|im_start|>system\n{system}<|im_end|>\n{render_chatml(messages, tools)}"


def render_jinja(messages: Sequence[ChatMessage], tools: Sequence[dict[str, Any]]) -> str:
    """Microsoft's template in the file: tools and past calls are not written at all."""
    turns = (f"<|{message.role}|>{message.content}<|end|>" for message in merge_neighbours(messages))
    return "".join(turns) + "<|assistant|>"


TEMPLATES = {
    "scripted-fixed": Template("phi4-fixed", render_phi4_fixed, tool_tag="<|tool_call|>"),
    "scripted-both": Template("phi4-fixed", render_phi4_fixed, tool_tag="<|tool_call|>"),
    "scripted-registry": Template("phi4-registry", render_phi4_registry, tool_tag="<|tool_call|>["),
    "scripted-jinja": Template("jinja", render_jinja),
}


def _unhappy_end(recorded: Recording) -> Failure | None:
    if recorded.reply.end == "closed":
        return Failure.DAEMON_KILLED
    return Failure.RUNNER_KILLED if any("error" in line for line in recorded.lines) else None
