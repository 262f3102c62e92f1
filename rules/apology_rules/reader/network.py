"""The network: a draft in, raw scores out, window by window where it is too long for one."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apology_rules.reader.wordpiece import WordPiece

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]  # it ships no py.typed

Array = NDArray[np.float32]
Offsets = NDArray[np.int64]
Mask = NDArray[np.bool_]
WINDOW = 510  # pieces that the network reads at once, its two end marks apart
OVERLAP = 64  # pieces that a window shares with the next
START, END = 101, 102  # the vocabulary's marks of beginning and end


class Window(NamedTuple):
    """Pieces `[begin, end)` that are read together, of which this reading settles `[settled, until)`."""

    begin: int
    end: int
    settled: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Logits of each piece [pieces, labels and aside] and of each window [windows, outputs]; offsets are code points.

    Pieces `left_out` were not read with the rest: theirs are the logits of the last reading that they took part in.
    """

    ids: Offsets
    begins: Offsets
    ends: Offsets
    plan: tuple[Window, ...]
    pieces: Array
    windows: Array
    left_out: Mask


class Network:
    """Runs on one thread unless told otherwise; safe to share between threads; same text, same scores."""

    def __init__(self, session: "onnxruntime.InferenceSession", split: WordPiece) -> None:
        self._session = session
        self._split = split
        self._labels, self._outputs = (output.shape[-1] for output in session.get_outputs())

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
        plan = tuple(_windows(tokens, text))
        unread = Scores(
            ids=tokens[:, 0],
            begins=tokens[:, 1],
            ends=tokens[:, 2],
            plan=plan,
            pieces=np.zeros((len(tokens), self._labels), np.float32),
            windows=np.zeros((len(plan), self._outputs), np.float32),
            left_out=np.zeros(len(tokens), np.bool_),
        )
        return self._filled(unread, range(len(plan)))

    def read_without(self, scores: Scores, places: Iterable[tuple[int, int]]) -> Scores:
        """Read again the windows that have words at `places`, now without them; the same if no word would be left."""
        left_out = scores.left_out.copy()
        for begin, end in places:
            left_out |= (begin <= scores.begins) & (scores.begins < end)
        if left_out.all():
            return scores
        changed = left_out != scores.left_out
        again = [k for k, window in enumerate(scores.plan) if changed[window.begin : window.end].any()]
        return self._filled(replace(scores, left_out=left_out), again)

    def _filled(self, scores: Scores, places: Iterable[int]) -> Scores:
        """The scores with what the network makes of the windows at `places` of the plan."""
        pieces, windows = scores.pieces.copy(), scores.windows.copy()
        for place in places:
            begin, end, settled, until = scores.plan[place]
            kept = begin + np.flatnonzero(~scores.left_out[begin:end])
            ids = np.concatenate(([START], scores.ids[kept], [END]))[None]
            read, windows[place] = (output[0] for output in self._session.run(None, {"ids": ids}))
            own = (settled <= kept) & (kept < until)
            pieces[kept[own]] = read[1:-1][own]
        return replace(scores, pieces=pieces, windows=windows)


def _windows(tokens: Offsets, text: str) -> Iterator[Window]:
    """Yield the windows of a text in order.

    A window ends with a sentence where one ends in its last quarter, and the next begins with one.
    """
    begin = settled = 0
    while begin + WINDOW < len(tokens):
        end = _sentence_end(tokens, text, range(begin + WINDOW, begin + 3 * WINDOW // 4, -1))
        after = _sentence_end(tokens, text, range(end - OVERLAP, end - OVERLAP // 4))
        yield Window(begin, end, settled, (after + end) // 2)
        begin, settled = after, (after + end) // 2
    yield Window(begin, len(tokens), settled, len(tokens))


def _sentence_end(tokens: Offsets, text: str, places: range) -> int:
    """Find the first of `places` right after the end of a sentence or line; the very first if there is none."""
    for place in places:
        (begin, end), after = tokens[place - 1, 1:], tokens[place, 1]
        if text[begin:end] in (".", "!", "?") or "\n" in text[end:after]:
            return place
    return places[0]
