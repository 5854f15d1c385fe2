"""Traces of executions and nodes, as a collector gets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from studio.domain.access import Role
from studio.domain.settings import ServerSettings
from studio.services.operation.traces import caller, traces_to
from tests.server.executions.test_executions import ADD, published, settled
from tests.server.kit import Api, running_api

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[Any]]]:
    """A collector's address, and the spans it got."""
    spans: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", spans
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_spans_belong_to_the_callers_trace(operated: Api, collector: tuple[str, list[Any]]) -> None:
    import asyncio

    url, spans = collector
    traces = traces_to(url, "authorization=Bearer x", "1")
    operated.studio.engine.observers.append(traces)
    client = await operated.signed_in(Role.EDITOR)
    await published(client, ADD, "add")
    caller("nonsense")
    started = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 41}})
    await settled(client, started.json()["id"], "succeeded")
    await asyncio.to_thread(traces.close)
    found = {span.name: span for span in spans}
    assert set(found) == {"total", "workflow Add"}
    node, whole = found["total"], found["workflow Add"]
    assert node.parent_span_id == whole.span_id
    assert node.trace_id == whole.trace_id
    assert whole.parent_span_id == b""
    assert node.start_time_unix_nano <= node.end_time_unix_nano
    facts = {one.key: one.value.string_value for one in node.attributes}
    assert facts["studio.execution"] == started.json()["id"]
    assert facts["studio.node.type"] == "flow.set"
    assert "41" not in str([one.value.string_value for span in spans for one in span.attributes if "id" not in one.key])


async def test_a_traceparent_of_a_request_is_kept_with_the_execution(
    tmp_path: Path, collector: tuple[str, list[Any]]
) -> None:
    import asyncio

    url, spans = collector
    async with running_api(tmp_path / "data", settings=ServerSettings(port=0, otlp_endpoint=url)) as api:
        traces = traces_to(url, "", "1")
        api.studio.engine.observers.append(traces)
        client = await api.signed_in(Role.EDITOR)
        await published(client, ADD, "add")
        started = await client.post(
            "/executions",
            json={"workflow": "add", "inputs": {"a": 1}},
            headers={"traceparent": f"00-{TRACE}-{SPAN}-01"},
        )
        await settled(client, started.json()["id"], "succeeded")
        await asyncio.to_thread(traces.close)
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    (whole,) = [span for span in spans if span.name == "workflow Add"]
    assert whole.parent_span_id.hex() == SPAN


async def test_what_is_no_traceparent_is_none() -> None:
    from studio.engine import TRACE as CURRENT

    caller(f"00-{TRACE}-{SPAN}-01")
    assert CURRENT.get() == f"00-{TRACE}-{SPAN}-01"
    for wrong in ("", "00-0-0-01", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01\n"):
        caller(wrong)
        assert CURRENT.get() is None
