import inspect
import subprocess
import sys
from importlib.metadata import version

import pytest

import apology_client
from apology.v1 import review_pb2
from apology_client import enums
from apology_client.enums import Severity, Verdict, WireEnum

KINDS = [
    kind
    for _, kind in inspect.getmembers(enums, inspect.isclass)
    if issubclass(kind, WireEnum | Severity) and kind is not WireEnum
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_the_contract_is_there(kind: type[WireEnum] | type[Severity]) -> None:
    wire = getattr(review_pb2, kind.__name__)
    prefix = wire.Name(0).removesuffix("UNSPECIFIED")
    assert [prefix + member.name for member in kind] == wire.keys()
    assert [member.to_wire() for member in kind] == wire.values()


def test_a_word_may_be_written_in_any_of_its_forms() -> None:
    assert Verdict("do not send") is Verdict("DO-NOT-SEND") is Verdict.DO_NOT_SEND
    with pytest.raises(ValueError, match="maybe"):
        Verdict("maybe")


def test_an_unknown_number_survives_the_way_there_and_back() -> None:
    assert Verdict.from_wire(42) == "unknown_42"
    assert Verdict.from_wire(42).to_wire() == 42


@pytest.mark.parametrize("module", ["apology_client", "apology_client.command"])
def test_the_client_loads_no_parser_no_rules_and_no_server(module: str) -> None:
    heavy = "{'spacy', 'numpy', 'textstat', 'apology_rules', 'apology_service', 'grpc_status', 'starlette', 'uvicorn'}"
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_public_names_are_those_listed() -> None:
    public = {name for name in vars(apology_client) if name[0].isupper()}
    assert public | {"__version__", "load_policy", "tls"} == set(apology_client.__all__)


def test_the_version_is_that_of_the_package() -> None:
    assert apology_client.__version__ == version("apology-review")
