"""The reader's network: a BERT encoder, a head that reads every token, and heads that read the whole draft."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

WIDTH, HEADS, INNER = 384, 12, 1536  # of MiniLM-L6
VOCABULARY, POSITIONS = 30522, 512


class Rounded(nn.Linear):
    """A linear layer that while it learns rounds as the exported network does, so that it learns to bear it.

    Inputs are rounded to 8 bits between the least and the greatest of a draft, weights to 7 bits an output.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        return nn.functional.linear(_rounded_input(x), _rounded_weight(self.weight), self.bias)


@torch.autocast("cpu", enabled=False)
def _rounded_input(x: Tensor) -> Tensor:
    exact = x.detach().float()
    least, most = exact.amin((-2, -1), keepdim=True).clamp(max=0), exact.amax((-2, -1), keepdim=True).clamp(min=0)
    step = ((most - least) / 255).clamp(min=1e-6)
    return x + (((exact - least) / step).round() * step + least - exact).to(x.dtype)


@torch.autocast("cpu", enabled=False)
def _rounded_weight(weight: Tensor) -> Tensor:
    exact = weight.detach()
    step = (exact.abs().amax(-1, keepdim=True) / 63.5).clamp(min=1e-9)
    return weight + ((exact / step).round() * step - exact)


class Layer(nn.Module):
    """One encoder layer, normalised after each half as in BERT."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (Rounded(WIDTH, WIDTH) for _ in range(4))
        self.inner, self.outer = Rounded(WIDTH, INNER), Rounded(INNER, WIDTH)
        self.norm_attention, self.norm_output = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        query, key, value = (
            part(x).view(x.shape[0], -1, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        mask = None if mask is None else mask[:, None, None, :].to(query.dtype)
        context = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        context = context.transpose(1, 2).reshape(x.shape[0], -1, WIDTH)
        x = self.norm_attention(x + self.dropout(self.out(context)))
        return self.norm_output(x + self.dropout(self.outer(nn.functional.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """The first `layers` layers of a BERT."""

    def __init__(self, layers: int, dropout: float) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.norm(self.words(ids) + self.positions(places)))
        for layer in self.layers:
            x = layer(x, mask)
        return x


class ReaderNetwork(nn.Module):
    """Token logits [n, tokens, labels and aside] and document logits [n, outputs], from one pass over the draft.

    Each document task (whether it is an apology, each component, ...) looks at the draft with its own attention and
    besides sees how strongly each token label fired at its strongest token.
    """

    def __init__(self, tokens: int, tasks: list[int], *, layers: int = 6, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(layers, dropout)
        self.dropout = nn.Dropout(dropout)
        self.token_head = nn.Linear(WIDTH, tokens)
        self.aside_head = nn.Linear(WIDTH, 1)
        self.attention = nn.Linear(WIDTH, len(tasks))
        self.task_heads = nn.ModuleList(nn.Linear(WIDTH + tokens, size) for size in tasks)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """`mask` is 0 where a token counts and very negative where it pads; None if nothing pads."""
        x = self.dropout(self.encoder(ids, mask))
        tokens = self.token_head(x)
        weights, strongest = self.attention(x), tokens
        if mask is not None:
            weights, strongest = weights + mask[:, :, None], tokens + mask[:, :, None]
        pooled = weights.softmax(1).transpose(1, 2) @ x
        fired = torch.tanh(strongest.amax(1) / 4)
        tasks = [head(torch.cat([pooled[:, k], fired], -1)) for k, head in enumerate(self.task_heads)]
        return torch.cat([tokens, self.aside_head(x)], -1), torch.cat(tasks, -1)


def load_encoder(network: ReaderNetwork, weights: Path, *, keep: list[int]) -> None:
    """Fill the encoder from a BERT checkpoint, taking its layers `keep` in this order."""
    given = load_file(weights)
    names = {
        "attention.self.query": "query",
        "attention.self.key": "key",
        "attention.self.value": "value",
        "attention.output.dense": "out",
        "attention.output.LayerNorm": "norm_attention",
        "intermediate.dense": "inner",
        "output.dense": "outer",
        "output.LayerNorm": "norm_output",
    }
    own = {
        "words.weight": given["embeddings.word_embeddings.weight"],
        # Every token is of the first type, so its type embedding is part of the position.
        "positions.weight": given["embeddings.position_embeddings.weight"]
        + given["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    for here, there in enumerate(keep):
        for theirs, ours in names.items():
            for kind in ("weight", "bias"):
                own[f"layers.{here}.{ours}.{kind}"] = given[f"encoder.layer.{there}.{theirs}.{kind}"]
    network.encoder.load_state_dict(own)
