"""The network: a draft in, raw scores out, window by window where it is too long for one."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apology_rules.reader.wordpiece import WordPiece

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]  # it ships no py.typed

Array = NDArray[np.float32]
Offsets = NDArray[np.int64]
WINDOW = 510  # pieces that the network reads at once, its two end marks apart
OVERLAP = 128  # pieces that a window shares with the next
START, END = 101, 102  # the vocabulary's marks of beginning and end


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Logits of each piece [pieces, labels and aside] and of each window [windows, outputs]; offsets are code points."""

    begins: Offsets
    ends: Offsets
    pieces: Array
    windows: Array


class Network:
    """Runs on one thread unless told otherwise; safe to share between threads; same text, same scores."""

    def __init__(self, session: "onnxruntime.InferenceSession", split: WordPiece) -> None:
        self._session = session
        self._split = split
        self._labels: int = session.get_outputs()[0].shape[-1]

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> "Network":
        # onnxruntime reports its use to its maker from 1.29 on, unless told not to before it is imported.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime  # here: a server whose workers read needs none of it

        onnxruntime.disable_telemetry_events()  # another part of the process may have imported it before
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # it keeps a plan for every length of draft, and wins no time with them
        session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        return cls(session, WordPiece({piece: k for k, piece in enumerate(vocabulary)}))

    def read(self, text: str) -> Scores:
        tokens = np.array(list(self._split.read(text)), np.int64).reshape(-1, 3)
        scores = np.zeros((len(tokens), self._labels), np.float32)
        windows = []
        for begin, end, settled in _windows(tokens, text):
            ids = np.concatenate(([START], tokens[begin:end, 0], [END]))[None]
            pieces, window = self._session.run(None, {"ids": ids})
            scores[settled:end] = pieces[0, settled - begin + 1 : -1]
            windows.append(window[0])
        return Scores(tokens[:, 1], tokens[:, 2], scores, np.array(windows))


def _windows(tokens: Offsets, text: str) -> Iterator[tuple[int, int, int]]:
    """Yield (begin, end, settled): the pieces to read together, and the first whose reading this window decides.

    A window ends with a sentence where one ends in its last quarter, and the next begins with one.
    """
    begin = settled = 0
    while True:
        end = min(begin + WINDOW, len(tokens))
        if end < len(tokens):
            end = _sentence_end(tokens, text, range(end, begin + WINDOW - OVERLAP, -1))
        yield begin, end, settled
        if end == len(tokens):
            return
        begin = _sentence_end(tokens, text, range(end - OVERLAP, end - OVERLAP // 4))
        settled = (begin + end) // 2


def _sentence_end(tokens: Offsets, text: str, places: range) -> int:
    """Find the first of `places` right after the end of a sentence or line; the very first if there is none."""
    for place in places:
        (begin, end), after = tokens[place - 1, 1:], tokens[place, 1]
        if text[begin:end] in (".", "!", "?") or "\n" in text[end:after]:
            return place
    return places[0]
