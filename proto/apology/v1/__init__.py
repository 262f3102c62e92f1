"""Version 1 of the contract, generated from `review.proto`."""
