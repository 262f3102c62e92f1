"""The mean of networks that went on from one another: `mean.py A.pt B.pt --out C.pt`."""

import argparse
from pathlib import Path

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    saved = [torch.load(path, weights_only=True) for path in args.networks]
    weights = {name: sum(one["network"][name] for one in saved) / len(saved) for name in saved[0]["network"]}
    torch.save({**saved[-1], "network": weights}, args.out)


if __name__ == "__main__":
    main()
