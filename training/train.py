"""Train the reader's network: `train.py --out NETWORK.pt [--held-out t12,t29]`. Same seed, same network."""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from model import ReaderNetwork, load_encoder
from prepare import (
    MASK,
    TASKS,
    TOKEN_LABELS,
    UNKNOWN,
    Donors,
    Encoded,
    Example,
    batches,
    encode,
    read_asides,
    read_corpus,
    read_donors,
    shortened,
    vary,
    with_asides,
    with_foreign,
    without_component,
    without_idle,
)
from torch import Tensor, nn

from apology_rules.reader.wordpiece import WordPiece

HERE = Path(__file__).parent
PADDING = -1e4
TOKEN_LOSS = 1.5  # against the document tasks, whose losses are summed
LOST, FOREIGN = 0.35, 0.3  # share of drafts that lose the words of a component, that get words of another draft
IDLE, ASIDES = 0.25, 0.5  # share of drafts that lose sentences that do nothing, that get some about something else
SHORT = 0.15  # share of drafts of which a sentence or a few are left
MEMORY = 0.99  # the network kept is a running mean over about a hundred steps
TASK_WEIGHT = {"is_apology": 1.5, "relation": 0.3, "gravity": 0.3}
FLAW_WEIGHT = 2.0  # a flawed piece is rare: it counts this many times


def read_vocabulary(path: Path) -> dict[str, int]:
    return {piece: k for k, piece in enumerate(path.read_text(encoding="utf-8").splitlines())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder with model.safetensors and vocab.txt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out", default="", help="files to leave out, such as t12,t29")
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--pieces", type=int, default=1300, help="word pieces a step")
    parser.add_argument("--start", type=Path, help="trained network to go on from")
    parser.add_argument("--frozen", type=int, default=0, help="layers from the bottom to leave as they are")
    parser.add_argument("--only", choices=TASKS, help="the one task to learn; all else stays as it is")
    parser.add_argument("--mixed", action="store_true", help="leave components out, put sentences in")
    parser.add_argument("--fresh", default="", help="files that every epoch sees whole, such as t55,t56")
    parser.add_argument("--times", type=int, default=1, help="how often an epoch sees the fresh files")
    parser.add_argument("--share", type=float, default=1.0, help="share of the other files that an epoch sees")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)

    left_out = set(args.held_out.split(","))
    corpus = [example for example in read_corpus(HERE / "corpus") if example.file not in left_out]
    others = [example for example in corpus if not example.states["is_apology"] and len(example.text) > 150]
    asides = read_asides(HERE / "asides.txt", others)
    donors = read_donors(corpus)
    pieces = WordPiece(read_vocabulary(args.base / "vocab.txt"))
    network = ReaderNetwork(len(TOKEN_LABELS), list(TASKS.values()), layers=args.layers)
    load_encoder(network, args.base / "model.safetensors", keep=list(range(args.layers)))
    if args.start:
        network.load_state_dict(torch.load(args.start, weights_only=True)["network"])
    for part in (network.encoder.words, *network.encoder.layers[: args.frozen]):
        part.requires_grad_(False)
    if args.frozen:
        network.encoder.positions.requires_grad_(False)
        network.encoder.norm.requires_grad_(False)
    if args.only:
        _freeze_all_but(network, args.only)
    network.train()

    decay = 0.0 if args.only else 0.01  # rows of a weight that are not learnt would shrink
    optimizer = torch.optim.AdamW(_parameters(network, args.rate), weight_decay=decay, fused=True)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(MEMORY), use_buffers=False
    )
    fresh = args.times * [example for example in corpus if example.file in args.fresh.split(",")]
    known = [example for example in corpus if example.file not in args.fresh.split(",")]
    length = args.share * _pieces(known, pieces) + _pieces(fresh, pieces)
    begun, steps = time.monotonic(), args.epochs * length * 1.15 // args.pieces
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
    )
    for epoch in range(args.epochs):
        seen = [*rng.sample(known, round(args.share * len(known))), *fresh]
        varied = seen if epoch == args.epochs - 1 else [vary(example, others, rng) for example in seen]
        if args.mixed:
            varied = [_mixed(example, asides, donors, rng) for example in varied]
        encoded = [encode(example, pieces) for example in varied]
        total, groups = 0.0, batches((len(e.ids) for e in encoded), args.pieces, rng)
        for group in groups:
            loss = _loss(network, [encoded[k] for k in group], rng)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(network)
            optimizer.zero_grad()
            total += loss.item()
        print(
            f"epoch {epoch}: {len(groups)} steps, loss {total / len(groups):.3f}, {time.monotonic() - begun:.0f} s",
            flush=True,
        )
        saved = {"layers": args.layers, "held_out": sorted(left_out), "network": average.module.state_dict()}
        torch.save(saved, args.out)


def _pieces(examples: list[Example], pieces: WordPiece) -> int:
    return sum(len(encode(example, pieces).ids) for example in examples)


def _mixed(example: Example, asides: list[str], donors: Donors, rng: random.Random) -> Example:
    """Change what goes with what, so that the network learns to look at the words themselves."""
    if rng.random() < SHORT:
        return shortened(example, rng)
    example = without_component(example, rng) if rng.random() < LOST else example
    example = without_idle(example, rng) if example.marks and rng.random() < IDLE else example
    example = (
        with_foreign(example, donors, rng) if example.states["is_apology"] == 1 and rng.random() < FOREIGN else example
    )
    return with_asides(example, asides, rng) if rng.random() < ASIDES else example


def _freeze_all_but(network: ReaderNetwork, task: str) -> None:
    """Let the network learn nothing but where one task looks and what it concludes."""
    place = list(TASKS).index(task)
    network.requires_grad_(requires_grad=False)
    network.task_heads[place].requires_grad_(requires_grad=True)
    network.attention.requires_grad_(requires_grad=True)
    row = torch.zeros(len(TASKS), 1)
    row[place] = 1
    network.attention.weight.register_hook(lambda slope: slope * row)
    network.attention.bias.register_hook(lambda slope: slope * row[:, 0])


def _parameters(network: ReaderNetwork, rate: float) -> list[dict]:
    """Heads learn fast, the encoder more slowly towards its bottom."""
    groups = [
        {
            "params": list(network.encoder.positions.parameters()) + list(network.encoder.norm.parameters()),
            "lr": rate * 0.3,
        }
    ]
    depth = len(network.encoder.layers)
    for k, layer in enumerate(network.encoder.layers):
        groups.append({"params": list(layer.parameters()), "lr": rate * 0.9 ** (depth - 1 - k)})
    groups = [{**group, "params": [p for p in group["params"] if p.requires_grad]} for group in groups]
    heads = [p for name, p in network.named_parameters() if not name.startswith("encoder.") and p.requires_grad]
    return [*(group for group in groups if group["params"]), {"params": heads, "lr": 3 * rate}]


def _loss(network: ReaderNetwork, group: list[Encoded], rng: random.Random) -> Tensor:
    longest = max(len(e.ids) for e in group)
    ids = torch.zeros(len(group), longest, dtype=torch.long)
    mask = torch.full((len(group), longest), PADDING)
    labels = torch.zeros(len(group), longest, len(TOKEN_LABELS) + 1)
    weights = torch.zeros_like(labels)
    for k, e in enumerate(group):
        n = len(e.ids)
        hidden = np.random.default_rng(rng.getrandbits(32)).random(n) < 0.05
        hidden[[0, -1]] = False
        ids[k, :n] = torch.from_numpy(np.where(hidden, MASK, e.ids))
        mask[k, :n] = 0
        labels[k, :n], weights[k, :n] = torch.from_numpy(e.labels), torch.from_numpy(e.weights)
    with torch.autocast("cpu", torch.bfloat16):
        tokens, document = network(ids, mask)
    states = torch.from_numpy(np.stack([e.states for e in group]))
    return TOKEN_LOSS * _token_loss(tokens.float(), labels, weights) + _task_loss(document.float(), states)


def _token_loss(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    emphasis = torch.ones(len(TOKEN_LABELS) + 1)
    emphasis[[k for k, name in enumerate(TOKEN_LABELS) if not name.endswith((".present", ".weak"))]] = FLAW_WEIGHT
    losses = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none", pos_weight=emphasis)
    return (losses * weights).sum() / (weights.sum() / len(emphasis))


def _task_loss(logits: Tensor, states: Tensor) -> Tensor:
    total, column = logits.new_zeros(()), 0
    for k, (task, size) in enumerate(TASKS.items()):
        known = states[:, k] != UNKNOWN
        own, column = logits[:, column : column + size], column + size
        if known.any():
            if size == 1:
                loss = nn.functional.binary_cross_entropy_with_logits(own[known, 0], states[known, k].float())
            else:
                loss = nn.functional.cross_entropy(own[known], states[known, k], label_smoothing=0.03)
            total = total + TASK_WEIGHT.get(task, 0.5) * loss
    return total


if __name__ == "__main__":
    main()
