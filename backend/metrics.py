"""What `/metrics` shows, in Prometheus' text form.

Counters are of this process. What several processes share (the outbox) is read from the database
when asked for, so that any of them gives the same figure.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()

WEBHOOKS = Counter(
    "imbizo_webhooks", "Webhooks received, by what became of them", ["result"], registry=REGISTRY
)
RECEIVED = Counter(
    "imbizo_received",
    "Messages from residents that providers brought, repeats included",
    ["city", "channel"],
    registry=REGISTRY,
)
TRIES = Counter("imbizo_try_messages", "Messages on the page to try", registry=REGISTRY)


def exposition(gauges: Mapping[str, tuple[str, float]]) -> bytes:
    """The whole page: this process's counters and the shared gauges (name to help and value)."""
    shared = CollectorRegistry()
    shared.register(_Gauges(gauges))
    return generate_latest(REGISTRY) + generate_latest(shared)


class _Gauges(Collector):
    def __init__(self, gauges: Mapping[str, tuple[str, float]]) -> None:
        self._gauges = gauges

    def collect(self) -> list[Metric]:
        families: list[Metric] = []
        for name, (text, value) in self._gauges.items():
            families.append(GaugeMetricFamily(name, text, value=value))
        return families
