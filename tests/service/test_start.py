"""What the server's own process loads: it reads no draft where workers do."""

import subprocess
import sys
from importlib.metadata import version

import pytest

_ABSENT = ["spacy", "opentelemetry", "prometheus_client"]
_HEAVY = {"textstat", "nltk", "scipy", "onnxruntime", "justhtml", "openai"}


def test_a_server_loads_nothing_that_only_its_workers_need() -> None:
    code = "import sys, apology_service.process, apology_service.workers.pool; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert not _HEAVY & {name.split(".")[0] for name in loaded.stdout.split()}


@pytest.mark.parametrize("flags", [[], ["--help"], ["--check-config"]])
def test_a_server_without_what_it_needs_says_which_extra_brings_it(flags: list[str]) -> None:
    code = f"import sys; sys.modules.update(dict.fromkeys({_ABSENT})); from apology_service.__main__ import main"
    line = [sys.executable, "-c", f"{code}; sys.exit(main({flags}))"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("apology-review-server: the extra [service] is not installed here")
    assert "(opentelemetry, prometheus_client, spacy missing)" in done.stderr
    assert "pip install 'apology-review[service]'" in done.stderr


def test_the_server_tells_its_version() -> None:
    line = [sys.executable, "-m", "apology_service", "--version"]
    done = subprocess.run(line, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == f"apology-review-server, version {version('apology-review')}\n"
