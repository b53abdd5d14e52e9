"""Bodies as servers with the OpenAI protocol want them."""

from __future__ import annotations

from phidesk.core.conversation import Role
from phidesk.core.model_info import ModelInfo
from phidesk.engine.openai.wire import chat_body, llama_sampling
from phidesk.engine.protocol import AnswerRequest, PromptMessage

MODEL = ModelInfo("tiny", "http://127.0.0.1:8000")
MESSAGES = (PromptMessage(Role.PERSON, "Hello?"),)


def test_servers_get_the_parameters_of_the_protocol_and_only_llama_servers_more() -> None:
    request = AnswerRequest(
        MODEL,
        MESSAGES,
        temperature=0.0,
        top_p=0.9,
        top_k=40,
        min_p=0.05,
        repeat_penalty=1.1,
        stop_strings=("END",),
        answer_schema='{"type": "object"}',
    )

    body = chat_body(request)

    assert {name: body[name] for name in ("temperature", "top_p", "stop")} == {
        "temperature": 0.0,
        "top_p": 0.9,
        "stop": ["END"],
    }
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": {"type": "object"}},
    }
    assert not {"top_k", "min_p", "repeat_penalty"} & set(body)
    assert llama_sampling(request) == {"top_k": 40, "min_p": 0.05, "repeat_penalty": 1.1}


def test_nothing_set_is_nothing_sent() -> None:
    request = AnswerRequest(MODEL, MESSAGES)

    assert set(chat_body(request)) == {"model", "messages", "stream", "stream_options"}
    assert llama_sampling(request) == {}
