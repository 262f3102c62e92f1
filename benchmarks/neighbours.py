"""What others say of the same drafts: proselint, write-good, textlint and ConvoKit's politeness, where they are installed.

    python benchmarks/neighbours.py [--convokit PYTHON] [--markdown]

They were made for other things: three for good style, one for how polite a request is. The table says how far they help
somebody who has to apologise. proselint is looked for on the path (`pip install proselint`), and so are the other two
(`npm install write-good textlint textlint-rule-write-good`, and their folder node_modules/.bin on the path). ConvoKit wants
an environment of its own (`pip install convokit` and a spaCy pipeline): name its Python.

A remark hits when it shares a word with a labelled flaw; a flaw is found when a remark hits it. Times are of one run over
all drafts, start included: for this reviewer that of its server.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from labelled import Drafts, read_drafts, words_at
from tables import Table, figure

_PROJECT = Path(__file__).resolve().parent.parent
_DRAFTS = _PROJECT / "tests" / "accuracy" / "drafts.jsonl"
Spans = Sequence[tuple[int, int]]
Remarks = Mapping[Path, Spans]

_POLITENESS = """
import json, pathlib, sys
import spacy
from convokit import Corpus, PolitenessStrategies, Speaker, TextParser, Utterance

class Whole:
    def tokenize(self, text): return [text]
    def span_tokenize(self, text): return [(0, len(text))]

texts = {name: pathlib.Path(name).read_text(encoding="utf-8") for name in sys.argv[2:]}
writer = Speaker(id="writer")
said = [Utterance(id=name, speaker=writer, conversation_id=name, text=text) for name, text in texts.items()]
parser = TextParser(verbosity=0, spacy_nlp=spacy.load(sys.argv[1]), sent_tokenizer=Whole())
corpus = PolitenessStrategies(verbose=0).transform(parser.transform(Corpus(utterances=said)), markers=True)
found = {}
for one in corpus.iter_utterances():
    places, at = [], 0
    for sentence in one.meta["parsed"]:
        places.append([])
        for token in sentence["toks"]:
            at = max(at, texts[one.id].find(token["tok"], at))
            places[-1].append((at, at + len(token["tok"])))
    marks = [mark for group in one.meta["politeness_markers"].values() for marked in group for mark in marked]
    found[one.id] = sorted({tuple(places[mark[1]][mark[2]]) for mark in marks})
print(json.dumps(found))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--convokit", metavar="PYTHON", default=sys.executable, help="an interpreter that has ConvoKit")
    parser.add_argument("--spacy", metavar="NAME", default="en_core_web_sm", help="the pipeline that ConvoKit uses")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    drafts = read_drafts(_DRAFTS)
    tools: Mapping[str, Callable[[Sequence[Path]], Remarks]] = {
        "Apology Review": _ours,
        "proselint": _proselint,
        "write-good": _write_good,
        "textlint, write-good's rules": _textlint,
        "ConvoKit, politeness": lambda paths: _convokit(paths, args.convokit, args.spacy),
    }
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.md") for number in range(len(drafts.texts))]
        for path, text in zip(paths, drafts.texts, strict=True):
            path.write_text(text, encoding="utf-8")
        for name, tool in tools.items():
            begin = time.perf_counter()
            try:
                remarks = tool(paths)
            except (OSError, subprocess.CalledProcessError, json.JSONDecodeError):
                rows.append([name, "not installed", "", "", "", ""])
            else:
                seconds = time.perf_counter() - begin
                rows.append([name, *_figures(drafts, [remarks.get(path, ()) for path in paths]), figure(seconds, 1)])
    heads = ["", "remarks an apology", "of them on a flaw", "flaws found", "remarks a mail that is none", "seconds"]
    title = f"What others say of the same {len(drafts.texts)} drafts"
    table = Table(title=title, heads=heads, rows=rows)
    print(table.markdown() if args.markdown else table.plain())


def _figures(drafts: Drafts, remarks: Sequence[Spans]) -> list[str]:
    made = hits = flaws = found = others = 0
    (labelled,) = drafts.annotators
    for text, truth, spans in zip(drafts.texts, labelled, remarks, strict=True):
        if not truth.is_apology:
            others += len(spans)
            continue
        told = [words_at(text, *_whole_words(text, span)) for span in spans]
        made += len(told)
        hits += sum(any(words & flaw.words for flaw in truth.flaws) for words in told)
        flaws += len(truth.flaws)
        found += sum(any(words & flaw.words for words in told) for flaw in truth.flaws)
    apologies = sum(truth.is_apology for truth in labelled)
    rest = len(labelled) - apologies
    return [figure(made / apologies, 1), figure(hits / max(made, 1)), figure(found / flaws), figure(others / rest, 1)]


def _whole_words(text: str, span: tuple[int, int]) -> tuple[int, int]:
    begin, end = span
    while begin > 0 and text[begin - 1].isalnum():
        begin -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return begin, end


def _ours(paths: Sequence[Path]) -> Remarks:
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("APOLOGY_REVIEW_")}
        environment["XDG_RUNTIME_DIR"] = folder
        command = [sys.executable, "-m", "apology_client"]
        try:
            check = [*command, "check", "--format", "json", "--fail-on", "never", "--input", "text", *map(str, paths)]
            lines = _output(check, environment).splitlines()
        finally:
            subprocess.run([*command, "stop"], env=environment, stdout=subprocess.DEVNULL, check=True)
    reviews = [json.loads(line) for line in lines]
    return {path: _spans(review) for path, review in zip(paths, reviews, strict=True)}


def _spans(answer: Mapping[str, object]) -> Spans:
    review = answer.get("review", answer)
    assert isinstance(review, dict)
    spans = [finding["span"] for finding in review.get("findings", ()) if "span" in finding]
    return [(span.get("begin", 0), span["end"]) for span in spans]


def _proselint(paths: Sequence[Path]) -> Remarks:
    told = json.loads(_output(["proselint", "check", "--output-format", "json", *map(str, paths)]))["result"]
    return {
        path: [(one["span"][0] - 1, one["span"][1] - 1) for one in told[path.as_uri()]["diagnostics"]]
        for path in paths
        if path.as_uri() in told
    }


def _write_good(paths: Sequence[Path]) -> Remarks:
    found: dict[Path, list[tuple[int, int]]] = {path: [] for path in paths}
    starts = {path: _line_starts(path.read_text(encoding="utf-8")) for path in paths}
    for told in re.finditer(r'(?m)^(\S+?):(\d+):(\d+):"([^"]*)"', _output(["write-good", "--parse", *map(str, paths)])):
        begin = starts[Path(told[1])][int(told[2]) - 1] + int(told[3])
        found[Path(told[1])].append((begin, begin + len(told[4])))
    return found


def _textlint(paths: Sequence[Path]) -> Remarks:
    told = json.loads(_output(["textlint", "--rule", "write-good", "--format", "json", *map(str, paths)]))
    return {Path(one["filePath"]): [tuple(remark["range"]) for remark in one["messages"]] for one in told}


def _convokit(paths: Sequence[Path], python: str, pipeline: str) -> Remarks:
    told = json.loads(_output([python, "-c", _POLITENESS, pipeline, *map(str, paths)]).splitlines()[-1])
    return {Path(name): [(begin, end) for begin, end in spans] for name, spans in told.items()}


def _output(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """What a program prints; that it fails because it found something is no failure."""
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(command[0])
    done = subprocess.run([program, *command[1:]], env=environment, capture_output=True, text=True, encoding="utf-8")
    if not done.stdout and done.returncode:
        done.check_returncode()
    return done.stdout


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


if __name__ == "__main__":
    main()
