"""The adapter to any OpenAI-compatible endpoint. The only file that names the `openai` package."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

import openai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from apology_service.assist.failures import AssistError, Shortfall
from apology_service.settings import AssistSettings, SettingsError

_MOST_BYTES = 1 << 20
"""Of an answer: far more than any that makes sense, and little enough to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation; `role` is system, user or assistant."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a model is asked: the turns, and the JSON schema that its answer is to follow, with a name."""

    name: str
    turns: tuple[Turn, ...]
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The model's words, whole and unrefused, and the tokens that they cost (0 when the endpoint does not tell)."""

    text: str
    tokens: int


class LanguageModel(Protocol):
    """Answers questions, or raises AssistError. How long it may take is the caller's business."""

    async def answer(self, question: Question) -> Answer: ...

    async def close(self) -> None: ...


class OpenAICompatible:
    """Asks over Chat Completions, which every such server speaks.

    Neither address nor key is taken from the environment, nor a proxy for an endpoint on this machine; redirects are not
    followed: a draft goes where the operator said and nowhere else.
    """

    def __init__(self, settings: AssistSettings, key: str, *, here: bool) -> None:
        """Raises SettingsError when the environment names proxies or certificates that are of no use."""
        self._settings = settings
        try:
            over = DefaultAsyncHttpxClient(follow_redirects=False, trust_env=not here)
        except Exception as error:  # of many kinds, by what is wrong; some quote the password of a proxy
            raise SettingsError(
                "assist: cannot use the proxy or the certificates that the environment names "
                f"(HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR): {type(error).__name__}"
            ) from None
        self._client = AsyncOpenAI(
            base_url=settings.base_url,
            api_key=key or "none",
            timeout=settings.timeout_seconds,
            max_retries=0,  # ours know how much time and budget is left, and wait no longer than that
            http_client=over,
        )
        self._client.organization = self._client.project = None  # which the package reads from the environment

    async def answer(self, question: Question) -> Answer:
        try:
            return _answer(await self._body(question))
        except openai.APITimeoutError:
            failure = AssistError(Shortfall.TIMEOUT, of_endpoint=True)
        except openai.APIConnectionError:
            failure = AssistError(Shortfall.UNREACHABLE, of_endpoint=True)
        except openai.APIStatusError as error:
            failure = _by_status(error.status_code)
        except openai.OpenAIError:
            failure = AssistError(Shortfall.ENDPOINT_ERROR, of_endpoint=True)
        except Exception as error:  # a connection that breaks while the body comes raises the HTTP library's own errors
            if type(error).__module__.split(".")[0] not in {"httpx", "httpx2", "httpcore", "httpcore2", "h11"}:
                raise
            failure = AssistError(Shortfall.UNREACHABLE, of_endpoint=True)
        raise failure from None  # the cause may quote the request

    async def _body(self, question: Question) -> bytes:
        body = bytearray()
        ask = self._client.chat.completions.with_streaming_response.create(**self._parameters(question))
        async with ask as response:
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _MOST_BYTES:
                    raise AssistError(Shortfall.TRUNCATED)
        return bytes(body)

    def _parameters(self, question: Question) -> dict[str, Any]:
        settings = self._settings
        parameters: dict[str, Any] = {
            "model": settings.model,
            "messages": [{"role": turn.role, "content": turn.text} for turn in question.turns],
        }
        if settings.dialect == "reasoning":  # these models refuse a temperature and the old name of the bound
            parameters |= {"max_completion_tokens": settings.max_answer_tokens}
        else:
            parameters |= {"max_tokens": settings.max_answer_tokens, "temperature": 0, "seed": settings.seed}
        if settings.dialect != "plain":
            schema = {"name": question.name, "strict": True, "schema": question.schema}
            parameters["response_format"] = {"type": "json_schema", "json_schema": schema}
        return parameters

    async def close(self) -> None:
        await self._client.close()


def _by_status(status: int) -> AssistError:
    """Any other refusal of a request (400, 413, 422) is for what stands in it: a draft that a filter does not like."""
    of_endpoint = not 400 <= status < 500 or status in {401, 403, 404, 408, 429}
    if status in {408, 504}:
        reason = Shortfall.TIMEOUT
    elif status == 429:
        reason = Shortfall.BUSY
    else:
        reason = Shortfall.ENDPOINT_ERROR if status >= 500 else Shortfall.REJECTED
    return AssistError(reason, of_endpoint=of_endpoint)


def _answer(body: bytes) -> Answer:
    """What the body says; servers differ, so nothing is taken for granted."""
    try:
        told = json.loads(body)
        choice = told["choices"][0]
        message, finish = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
        tokens = (told.get("usage") or {}).get("total_tokens") or 0
    except (ValueError, RecursionError, KeyError, IndexError, TypeError, AttributeError):
        raise AssistError(Shortfall.MALFORMED) from None
    if refusal or finish == "content_filter":
        raise AssistError(Shortfall.REFUSED)
    if finish == "length":
        raise AssistError(Shortfall.TRUNCATED)
    if not isinstance(text, str) or not isinstance(tokens, int):
        raise AssistError(Shortfall.MALFORMED)
    return Answer(text=text, tokens=max(0, tokens))
