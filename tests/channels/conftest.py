"""Fixtures of the channel tests."""

from collections.abc import AsyncIterator

import pytest

from channels.client import Client
from tests.channels.faults import FaultServer


@pytest.fixture
async def http() -> AsyncIterator[Client]:
    async with Client() as client:
        yield client


@pytest.fixture
async def provider() -> AsyncIterator[FaultServer]:
    """A Twilio of ours on 127.0.0.1 that answers what a test tells it to."""
    async with FaultServer() as server:
        yield server
