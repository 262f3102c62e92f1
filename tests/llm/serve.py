"""A llama.cpp server on this machine alone: serve.py MODEL.gguf PORT NAME. Ready when it says so; ends with SIGTERM."""

import os
import signal
import sys
import threading

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # else its threads spin, and starve whoever shares the cores

import xllamacpp

_CONTEXT = 4096
_THREADS = 2


def main(model: str, port: int, name: str) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    server = xllamacpp.Server(_parameters(model, port, name))  # returns when the model is loaded
    print(f"ready {server.listening_address}", flush=True)
    told.wait()


def _parameters(model: str, port: int, name: str) -> xllamacpp.CommonParams:
    p = xllamacpp.CommonParams()
    p.model.path, p.model_alias = model, {name}
    p.hostnames, p.port = ["127.0.0.1"], port
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = _THREADS
    p.n_ctx, p.n_parallel = _CONTEXT, 1
    p.sampling.seed, p.sampling.temp = 1, 0.0
    p.cache_prompt = False  # else temperature 0 answers differently to a cold prompt and to a cached one
    p.offline, p.ui = True, False
    if key := os.environ.get("LLM_API_KEY"):
        p.api_keys = [key]
    return p


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
