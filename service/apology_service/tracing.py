"""OpenTelemetry traces. Where they go, how many, and under what name, the usual OTEL_... variables say."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import NoOpTracer, Tracer

from apology_service.settings import SettingsError

_SCOPE = "apology_service"


@contextmanager
def exporting(wanted: bool) -> Iterator[Tracer]:
    """A tracer whose spans are sent while the server runs, and before it leaves; one that does nothing if unwanted."""
    if not wanted:
        yield NoOpTracer()
        return
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError("traces needs the extra [telemetry]: pip install 'apology-review[telemetry]'") from error
    resource = Resource.create()
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: "apology-review"}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider.get_tracer(_SCOPE)
    finally:
        provider.shutdown()
