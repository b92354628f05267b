"""Indicators: shares of answers that a published source defines."""

from backend.results.indicators.catalogue import Indicator, catalogue

__all__ = ["Indicator", "catalogue"]
