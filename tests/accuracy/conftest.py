"""Runs the measuring command as users run it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent


class Command:
    """`benchmarks/accuracy.py` with JSON for an answer."""

    def __call__(self, *arguments: str | Path) -> Any:
        command = [sys.executable, ROOT / "benchmarks" / "accuracy.py", "--json", *arguments]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.fixture(scope="session")
def accuracy() -> Command:
    return Command()
