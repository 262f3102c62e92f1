"""The health service without the package for it, which only servers need: both messages fit in two bytes."""

METHOD = "/grpc.health.v1.Health/Check"
SERVING = b"\x08\x01"  # HealthCheckResponse{status: SERVING}
