"""The contract of Apology Review, as generated Python code."""
