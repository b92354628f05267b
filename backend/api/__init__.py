"""The staff API, `/api/v1` (contract, "Staff API"): one file a thing. Every route has a guard."""

from fastapi import APIRouter

from backend.api import answers, cities, export_jobs, exports, media, results, risks, surveys

router = APIRouter(prefix="/api/v1")
for thing in (cities, surveys, results, exports, export_jobs, media, answers, risks):
    router.include_router(thing.router)

__all__ = ["router"]
