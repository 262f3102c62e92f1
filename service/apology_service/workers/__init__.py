"""Reviews in processes of their own, so that one server uses every core and no draft can bring it down.

    server process                            the nursery                  workers
    WorkerAnalyst (pool.py) ── Nursery ─────> child.py: loads once, ─fork─> child.py: reviews one draft at a time
                └──────────── Worker (worker.py) ───── a socket each ─────────┘

Why not what the standard library has: a `ProcessPoolExecutor` is broken for good by one killed worker, and the fork
server of `multiprocessing` can only preload modules, imports the caller's main module into every worker, and takes
living workers for dead once it has itself died.
"""
