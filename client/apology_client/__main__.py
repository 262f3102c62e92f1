"""`python -m apology_client` is the command `apology-review`."""

from apology_client.command import main

main()
