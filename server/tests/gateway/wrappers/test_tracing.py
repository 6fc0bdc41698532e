from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from codex32_server.gateway.contract import Call, Format, Reply, Spent, Usage
from codex32_server.gateway.errors import UpstreamBrokenOffError, UpstreamFailedError
from codex32_server.gateway.wrappers.tracing import TracedAttempt, TracedCall, provider_name
from codex32_server.telemetry.metrics import Metrics
from codex32_server.telemetry.traces import Span, Tracer
from support.gateway import (
    ANSWER,
    EVENTS,
    Counted,
    Sender,
    Time,
    a_call,
    a_stream,
    a_target,
    an_attempt,
    one_span,
    read,
)

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
USED = Usage(input=20, output=10, cached=4, reasoning=3)
SPENT = Spent(USED, Decimal("0.0012"), "test 2026")


class Watching:
    """A call with one attempt below it, both traced."""

    def __init__(self, *steps: object) -> None:
        self.spans: list[Span] = []
        self.metrics = Counted()
        tracer = Tracer(self.spans.append)
        self.attempt = TracedAttempt(Sender(*steps), tracer, self.metrics, Time())  # type: ignore[arg-type]
        self.target = a_target(base_url="https://api.example.com/v1")

        async def asked(call: Call) -> Reply:
            return await self.attempt(an_attempt(call, self.target))

        self.ask = TracedCall(asked, tracer, self.metrics)


async def test_a_call_and_its_attempt_join_the_clients_trace() -> None:
    watching = Watching(Reply(200, ANSWER, usage=USED, spent=SPENT, target=a_target()))
    await watching.ask(a_call(trace=PARENT, body={"temperature": 0.5, "seed": 7}))
    call, attempt = one_span(watching.spans, "chat smart"), one_span(watching.spans, "chat m-1")
    assert (call.trace_id, call.parent_id) == (TRACE, "b7ad6b7169203331")
    assert (attempt.trace_id, attempt.parent_id) == (TRACE, call.span_id)
    expected = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m-1",
        "gen_ai.request.stream": False,
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.seed": 7,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 10,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "gen_ai.usage.reasoning.output_tokens": 3,
        "server.address": "api.example.com",
        "server.port": 443,
        "codex32.cost.usd": 0.0012,
    }
    assert expected.items() <= attempt.attributes.items()
    assert attempt.error is None
    assert call.attributes["codex32.cost.usd"] == 0.0012


async def test_no_content_is_in_a_span() -> None:
    watching = Watching(Reply(200, ANSWER, usage=USED))
    await watching.ask(a_call(body={"messages": [{"role": "user", "content": "my diary"}]}))
    said = str([span.attributes for span in watching.spans])
    assert "my diary" not in said
    assert '"Hi"' not in said
    assert "secret" not in said


async def test_a_stream_ends_its_span_when_it_ends() -> None:
    watching = Watching(a_stream(usage=USED))
    reply = await watching.ask(a_call(stream=True))
    assert watching.spans == []
    await read(reply)
    attempt = one_span(watching.spans, "chat m-1")
    assert attempt.attributes["gen_ai.response.finish_reasons"] == ["stop"]
    assert "gen_ai.response.time_to_first_chunk" in attempt.attributes
    assert watching.metrics.attempts == [("chat", "openai", "m-1", "", 0.0, 0.0)]
    assert watching.metrics.tokens == [("chat", "openai", "m-1", 20, 10)]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (UpstreamFailedError("500"), "upstream_failed"),
        (a_stream(EVENTS[1], UpstreamBrokenOffError("gone")), "upstream_broken_off"),
    ],
)
async def test_errors_are_typed_in_spans_and_metrics(step: object, code: str) -> None:
    watching = Watching(step)
    with pytest.raises((UpstreamFailedError, UpstreamBrokenOffError)):
        await read(await watching.ask(a_call(stream=True)))
    assert [(span.error, span.attributes["error.type"]) for span in watching.spans] == [(code, code)] * 2
    assert watching.metrics.calls == [(code, "off")]
    assert watching.metrics.attempts[0][3] == code


async def test_a_reader_who_leaves_cancelled_it() -> None:
    watching = Watching(a_stream())
    reply = await watching.ask(a_call(stream=True))
    assert reply.events is not None
    await reply.events.aclose()
    assert [span.error for span in watching.spans] == ["cancelled", "cancelled"]


async def test_a_client_that_does_not_sample_gets_metrics_alone() -> None:
    watching = Watching(Reply(200, ANSWER, usage=USED))
    await watching.ask(a_call(trace=PARENT[:-1] + "0"))
    assert len(watching.metrics.attempts) == 1
    assert "chat smart" not in [span.name for span in watching.spans]


async def test_without_a_collector_nothing_is_made() -> None:
    counted = Counted()
    traced = TracedAttempt(Sender(Reply(200, ANSWER)), Tracer(), counted, Time())
    assert (await traced(an_attempt())).body == ANSWER
    assert len(counted.attempts) == 1


def test_providers_are_named_as_the_conventions_do() -> None:
    kinds = {
        "anthropic": "anthropic",
        "google": "gcp.gemini",
        "azure": "azure.ai.openai",
        "compatible": "groq",
    }
    assert {kind: provider_name(_of(kind)) for kind in kinds} == kinds


def _of(kind: str) -> object:
    target = an_attempt().target
    return type(target)("groq", kind, target.model, target.base_url)


async def test_the_processs_metrics_count_them() -> None:
    metrics = Metrics()
    ask_metrics = TracedAttempt(Sender(Reply(200, ANSWER, usage=USED)), Tracer(), metrics, Time())

    async def asked(call: Call) -> Reply:
        return await ask_metrics(an_attempt(call))

    await TracedCall(asked, Tracer(), metrics)(a_call(format=Format.CHAT))
    text = metrics.render()[0].decode()
    labels = 'gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="m-1"'
    assert f'gen_ai_client_token_usage_sum{{{labels},gen_ai_token_type="input"}} 20.0' in text
    assert f'gen_ai_client_operation_duration_seconds_count{{error_type="",{labels}}} 1.0' in text
    assert 'codex32_model_calls_total{cache="off",status="ok"} 1.0' in text


def test_names_of_models_do_not_grow_without_end() -> None:
    metrics = Metrics()
    for number in range(300):
        metrics.model_tokens("chat", "openai", f"m-{number}", 1, 1)
    text = metrics.render()[0].decode()
    assert 'gen_ai_request_model="m-199"' in text
    assert 'gen_ai_request_model="m-200"' not in text
    assert 'gen_ai_request_model="other"' in text


async def test_an_attempt_that_is_cancelled_is_counted() -> None:
    counted = Counted()
    traced = TracedAttempt(Sender(asyncio.CancelledError()), Tracer(), counted, Time())
    with pytest.raises(asyncio.CancelledError):
        await traced(an_attempt())
    assert counted.attempts[0][3] == "cancelled"
