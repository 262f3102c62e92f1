"""A gRPC server that answers every call with the same bytes: what gRPC alone costs. `bare.py ADDRESS ANSWER_FILE`."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc


async def main(address: str, answer: bytes) -> None:
    async def same(_request: bytes, _context: "grpc.aio.ServicerContext[Any, Any]") -> bytes:
        return answer

    class Anything(grpc.GenericRpcHandler):
        def service(self, _details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any]":
            return grpc.unary_unary_rpc_method_handler(same)

    server = grpc.aio.server(handlers=(Anything(),))
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes()))
