import inspect
import subprocess
import sys
from importlib.metadata import version

import pytest

import apology_client
from apology.v1 import review_pb2
from apology_client import client, enums
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


@pytest.mark.parametrize("load", ["from apology_client import *", "import apology_client.command.cli"])
def test_the_client_loads_no_parser_no_rules_and_no_server(load: str) -> None:
    heavy = "{'spacy', 'numpy', 'textstat', 'apology_rules', 'apology_service', 'grpc_status', 'starlette', 'uvicorn'}"
    code = f"import sys; {load}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_public_names_are_there_and_no_others() -> None:
    public = {name: getattr(apology_client, name) for name in apology_client.__all__}
    assert {value.__module__.partition(".")[0] for value in public.values() if hasattr(value, "__module__")} == {
        "apology_client"
    }
    assert public["Client"] is client.Client
    with pytest.raises(AttributeError, match="has no attribute 'Clint'"):
        apology_client.Clint  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_client_loads_grpc_only_with_the_first_name() -> None:
    code = (
        "import sys, apology_client; print('grpc' in sys.modules); apology_client.Client; print('grpc' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\nTrue\n"


def test_the_version_is_that_of_the_package() -> None:
    assert apology_client.__version__ == version("apology-review")
