"""Serves the rules over gRPC: `apology-review-server`, or `apology_service.server.create_server` inside a program."""
