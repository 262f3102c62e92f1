"""What keeps a message from being read."""


class UnreadableError(Exception):
    """The message cannot be read as its sender meant it. Says why in a few words, and never quotes it."""
