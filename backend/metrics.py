"""What `/metrics` shows, in Prometheus' text form.

Counters are of this process. What several processes share (the outbox) is read from the database
when asked for, so that any of them gives the same figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
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


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that all processes share: values by the labels' values."""

    name: str
    text: str
    values: Sequence[tuple[tuple[str, ...], float]]
    labels: tuple[str, ...] = ()
    only_grows: bool = False


def exposition(figures: Sequence[Figure]) -> bytes:
    """The whole page: this process's counters and the shared figures."""
    shared = CollectorRegistry()
    shared.register(_Shared(figures))
    return generate_latest(REGISTRY) + generate_latest(shared)


class _Shared(Collector):
    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = figures

    def collect(self) -> list[Metric]:
        return [_family(figure) for figure in self._figures]


def _family(figure: Figure) -> Metric:
    family: CounterMetricFamily | GaugeMetricFamily
    if figure.only_grows:
        family = CounterMetricFamily(figure.name, figure.text, labels=figure.labels)
    else:
        family = GaugeMetricFamily(figure.name, figure.text, labels=figure.labels)
    for labels, value in figure.values:
        family.add_metric(labels, value)
    return family
