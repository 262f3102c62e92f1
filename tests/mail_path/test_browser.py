"""The example add-in in a real browser, from a page of another origin; and curl."""

import http.client
import json
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.mail_path.conftest import Processes, needs, wait_for
from tests.ports import free_port

EXAMPLE = Path(__file__).parents[2] / "examples/smart-alerts"
ADDRESS = "http://127.0.0.1:8080"
BAD = (
    "We left the chair at the wrong house. We are sorry if this upset you, but you should have told us about the door."
)
GOOD = "The parcel with the spare wheels left our depot this morning and will be with you tomorrow."
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key under which WebDriver gives elements


class Browser:
    """Chromium, driven by the commands of WebDriver."""

    def __init__(self, port: int) -> None:
        self._port = port
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        wanted = {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}
        self._session = self._ask("POST", "/session", {"capabilities": wanted})["sessionId"]

    def open(self, address: str) -> None:
        self._ask("POST", f"/session/{self._session}/url", {"url": address})

    def write(self, selector: str, text: str) -> None:
        element = self._find(selector)
        self._ask("POST", f"/session/{self._session}/element/{element}/value", {"text": text})

    def click(self, selector: str) -> None:
        self._ask("POST", f"/session/{self._session}/element/{self._find(selector)}/click", {})

    def text_when_there(self, selector: str) -> str:
        """Waits as long as the browser lets a script run."""
        script = """
            const [selector, done] = arguments;
            (function look() {
                const text = document.querySelector(selector).textContent;
                text ? done(text) : setTimeout(look, 20);
            })();
        """
        return str(self._ask("POST", f"/session/{self._session}/execute/async", {"script": script, "args": [selector]}))

    def close(self) -> None:
        self._ask("DELETE", f"/session/{self._session}")

    def _find(self, selector: str) -> str:
        found = self._ask("POST", f"/session/{self._session}/element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def _ask(self, method: str, path: str, value: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, None if value is None else json.dumps(value))
            response = connection.getresponse()
            told = json.loads(response.read())["value"]
            assert response.status == 200, told
            return told
        finally:
            connection.close()


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[int]:
    """A web server with the example, in which `REVIEWER` can be set by `point_at`."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/try.html").write_bytes((EXAMPLE / "try.html").read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "pages")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def browser(processes: Processes, tmp_path: Path) -> Iterator[Browser]:
    needs("chromium", "chromedriver")
    port = free_port()
    with (tmp_path / "driver.log").open("wb") as log:
        driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=log, stderr=log)
    try:
        wait_for(port)
        found = Browser(port)
        yield found
        found.close()
    finally:
        driver.terminate()
        driver.wait()


@pytest.fixture
def reviewer(processes: Processes, tmp_path: Path) -> "tuple[int, subprocess.Popen[bytes]]":
    port = free_port()
    process = processes.reviewer(port, tmp_path / "reviewer.log")
    return port, process


def gateway(processes: Processes, folder: Path, reviewer: int, *options: str) -> int:
    port = free_port()
    command = ("apology_client", "http", "--listen", f"127.0.0.1:{port}", "--server", f"127.0.0.1:{reviewer}", *options)
    processes.start(*command, log=folder / "gateway.log", port=port)
    handler = (EXAMPLE / "handler.js").read_text()
    assert ADDRESS in handler
    (folder / "pages/handler.js").write_text(handler.replace(ADDRESS, f"http://127.0.0.1:{port}"))
    return port


def sent(browser: Browser, page: int, words: str) -> dict[str, Any]:
    """What the add-in tells Outlook of a mail with these words."""
    browser.open(f"http://127.0.0.1:{page}/try.html")
    browser.write("#subject", "Your order")
    browser.write("#body", words)
    browser.click("#send")
    told: dict[str, Any] = json.loads(browser.text_when_there("#outcome"))
    return told


def test_an_add_in_asks_before_a_mail_is_sent(
    browser: Browser,
    pages: int,
    processes: Processes,
    reviewer: "tuple[int, subprocess.Popen[bytes]]",
    tmp_path: Path,
) -> None:
    port, process = reviewer
    gateway(processes, tmp_path, port, "--allow-origin", f"http://127.0.0.1:{pages}")
    stopped = sent(browser, pages, BAD)
    assert stopped["allowEvent"] is False
    assert "(insincere-hedging.conditional)" in stopped["errorMessage"]
    assert sent(browser, pages, GOOD) == {"allowEvent": True}
    process.kill()
    process.wait()
    assert sent(browser, pages, BAD) == {"allowEvent": True}  # the policy of support is open
    log = (tmp_path / "gateway.log").read_text()
    assert log.count("POST /v1/mails:check status=200") == 3
    assert "chair" not in log


def test_a_page_that_was_not_allowed_gets_no_answer(
    browser: Browser,
    pages: int,
    processes: Processes,
    reviewer: "tuple[int, subprocess.Popen[bytes]]",
    tmp_path: Path,
) -> None:
    gateway(processes, tmp_path, reviewer[0], "--allow-origin", "https://elsewhere.example")
    assert sent(browser, pages, BAD) == {"allowEvent": True}
    assert "mails:check" not in (tmp_path / "gateway.log").read_text()


def test_curl_speaks_to_it(
    pages: int, processes: Processes, reviewer: "tuple[int, subprocess.Popen[bytes]]", tmp_path: Path
) -> None:
    needs("curl")
    port = gateway(processes, tmp_path, reviewer[0])
    request = json.dumps({"draft": {"text": BAD}, "offsetEncoding": "OFFSET_ENCODING_UTF8"})
    done = subprocess.run(
        ["curl", "-sS", f"http://127.0.0.1:{port}/v1/drafts:review", "--json", request],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["review"]["verdict"] in ("VERDICT_REVISE", "VERDICT_DO_NOT_SEND")
