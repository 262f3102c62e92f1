"""The version, spelled out: asking the installed metadata would cost every start 20 ms."""

__version__ = "0.1.0"
