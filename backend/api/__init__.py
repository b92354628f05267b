"""The staff API, `/api/v1` (contract, "Staff API"): one file a thing. Every route has a guard."""

from fastapi import APIRouter

from backend.api import cities, exports, results, surveys

router = APIRouter(prefix="/api/v1")
for thing in (cities, surveys, results, exports):
    router.include_router(thing.router)

__all__ = ["router"]
