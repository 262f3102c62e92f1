"""A server process whose workers do what a draft tells them: python -m tests.service.troubled_server ADDRESS."""

import asyncio
import sys

from apology_service import logs
from apology_service.process import run
from apology_service.settings import Settings
from apology_service.workers.pool import WorkerAnalyst
from tests.service.troubled import Troubled

if __name__ == "__main__":
    (address,) = sys.argv[1:]
    logs.configure("WARNING")
    settings = Settings(address=address, lame_duck_seconds=1.0)
    asyncio.run(run(settings, WorkerAnalyst(Troubled, workers=2, drafts_per_worker=100)))
