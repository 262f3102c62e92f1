"""What the server's own process loads: it reads no draft where workers do."""

import subprocess
import sys

_HEAVY = {"textstat", "nltk", "scipy", "onnxruntime", "justhtml", "openai"}


def test_a_server_loads_nothing_that_only_its_workers_need() -> None:
    code = "import sys, apology_service.process, apology_service.workers.pool; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert not _HEAVY & {name.split(".")[0] for name in loaded.stdout.split()}
