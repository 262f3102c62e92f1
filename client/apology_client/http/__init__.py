"""The contract as JSON over HTTP, for add-ins and browsers: a thin gateway before a gRPC server.

Nothing is judged here. Every answer comes from that server, in proto3 JSON, so that workers, quotas and security stay in
one place; errors are `google.rpc.Status` as JSON.
"""
