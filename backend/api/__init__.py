"""The staff API, `/api/v1` (contract, "Staff API"): one file a thing. Every route has a guard."""

from fastapi import APIRouter

from backend.api import (
    agreement,
    answers,
    applying,
    audiences,
    broadcasts,
    charts,
    cities,
    coding,
    coverage,
    export_jobs,
    exports,
    indicators,
    media,
    results,
    risks,
    schemes,
    surveys,
)

router = APIRouter(prefix="/api/v1")
for thing in (
    cities,
    surveys,
    results,
    indicators,
    coverage,
    charts,
    exports,
    export_jobs,
    media,
    answers,
    risks,
    schemes,
    applying,
    coding,
    agreement,
    broadcasts,
    audiences,
):
    router.include_router(thing.router)

__all__ = ["router"]
