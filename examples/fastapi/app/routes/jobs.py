"""Routes of background jobs, which each type brings along."""

from fastapi import APIRouter

from app.core.jobs.definition import parts_of_jobs

router = APIRouter(prefix="/jobs", tags=["jobs"])
for module in parts_of_jobs("routes"):
    router.include_router(module.router)
