"""Turn a trained network into the reader's files: `export.py NETWORK.pt --base BASE`. Weights become 8-bit integers."""

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from model import ReaderNetwork
from onnxruntime.quantization import QuantType, quantize_dynamic
from prepare import END, START, TASKS, TOKEN_LABELS

READER = Path(__file__).parent.parent / "rules" / "apology_rules" / "reader"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", type=Path)
    parser.add_argument("--base", type=Path, required=True, help="folder with vocab.txt")
    parser.add_argument("--to", type=Path, default=READER)
    args = parser.parse_args()
    export(args.network, args.base, args.to)


def export(trained: Path, base: Path, to: Path) -> None:
    """Write `model.onnx` and `vocab.txt` of the trained network into the folder `to`."""
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        _write(load(trained), exact)
        # Seven bits, as processors without VNNI overflow on eight: the reader answers alike on all.
        quantize_dynamic(exact, to / "model.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    shutil.copyfile(base / "vocab.txt", to / "vocab.txt")


def load(path: Path) -> ReaderNetwork:
    saved = torch.load(path, weights_only=True)
    network = ReaderNetwork(len(TOKEN_LABELS), list(TASKS.values()), layers=saved["layers"])
    network.load_state_dict(saved["network"])
    return network.eval()


def _write(network: ReaderNetwork, path: Path) -> None:
    torch.onnx.export(
        network,
        (torch.tensor([[START, 2023, END]]),),
        str(path),
        input_names=["ids"],
        output_names=["pieces", "document"],
        dynamic_axes={"ids": {1: "length"}, "pieces": {1: "length"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
