"""How hard a draft is to read, by textstat.

Only measures that count letters, words and sentences are taken: textstat counts syllables with a dictionary that it
fetches from the network when it is missing, and a reviewer of private drafts opens no connection.
"""

from apology_rules.review import Readability


def readability(text: str) -> Readability:
    """Readability of `text`, which holds at least one word."""
    import textstat  # here, since it loads a hundred megabytes, which a server whose workers review does without

    words = max(1, textstat.lexicon_count(text))
    sentences = max(1, textstat.sentence_count(text))
    return Readability(
        words=words,
        sentences=sentences,
        words_per_sentence=round(words / sentences, 1),
        automated_readability_index=round(textstat.automated_readability_index(text), 1),
        coleman_liau_index=round(textstat.coleman_liau_index(text), 1),
        lix=round(textstat.lix(text), 1),
        reading_seconds=round(textstat.reading_time(text), 1),
    )
