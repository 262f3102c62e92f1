"""The contract: its generated code is fresh, its style is clean, and no change of it breaks a caller.

After a release, the contract of that release becomes the new baseline:
`buf build proto/apology/v1/review.binpb --exclude-source-info -o proto/baseline.binpb`
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "proto/apology/v1/review.binpb"
BASELINE = ROOT / "proto/baseline.binpb"
CONFIG = ("--config", str(ROOT / "proto/buf.yaml"))
BUF = str(Path(sys.executable).with_name("buf"))
GENERATED = ("review_pb2.py", "review_pb2.pyi", "review_pb2_grpc.py", "review_pb2_grpc.pyi", "review.binpb")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.mark.skipif(
    not (ROOT / ".venv-proto").exists() and "CI" not in os.environ,
    reason="needs the pinned generator, which `make test` sets up",
)
def test_the_generated_code_is_what_the_contract_gives(tmp_path: Path) -> None:
    done = run("make", "proto", f"PROTO_OUT={tmp_path}")
    assert done.returncode == 0, done.stderr
    stale = [
        name
        for name in GENERATED
        if (tmp_path / "apology/v1" / name).read_bytes() != SCHEMA.with_name(name).read_bytes()
    ]
    assert not stale, "run `make proto`"


def test_the_contract_keeps_the_style_of_buf() -> None:
    done = run(BUF, "lint", str(SCHEMA), *CONFIG)
    assert done.returncode == 0, done.stdout


def test_the_contract_is_formatted() -> None:
    assert run(BUF, "format", "--diff", "proto/apology/v1/review.proto").stdout == ""


def test_the_contract_breaks_no_caller_of_the_last_release() -> None:
    done = run(BUF, "breaking", str(SCHEMA), "--against", str(BASELINE), *CONFIG)
    assert done.returncode == 0, done.stdout


def test_a_broken_contract_is_noticed(tmp_path: Path) -> None:
    broken = FileDescriptorSet.FromString(SCHEMA.read_bytes())
    review = next(m for m in own_file(broken).message_type if m.name == "Review")
    del review.field[0]
    path = tmp_path / "broken.binpb"
    path.write_bytes(broken.SerializeToString())
    done = run(BUF, "breaking", str(path), "--against", str(BASELINE), *CONFIG)
    assert done.returncode != 0
    assert "verdict" in done.stdout


def own_file(files: FileDescriptorSet) -> FileDescriptorProto:
    return next(file for file in files.file if file.package == "apology.v1")
