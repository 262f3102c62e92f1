"""What surrounds every call, outermost first: firewall, access log, parse guard, admission."""

from collections.abc import Sequence

import grpc

from apology_service.interceptors.access_log import AccessLog
from apology_service.interceptors.admission import Admission, Traffic
from apology_service.interceptors.firewall import Firewall
from apology_service.interceptors.parse_guard import ParseGuard


def chain(traffic: Traffic, *, max_concurrent_calls: int, max_watches: int) -> Sequence[grpc.aio.ServerInterceptor]:
    return (Firewall(), AccessLog(), ParseGuard(), Admission(traffic, max_concurrent_calls, max_watches))
