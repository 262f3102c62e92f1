"""What surrounds every call, outermost first.

Firewall, observation, access, admission, share, parse guard, pace: who calls is known before anything is spent on them.
"""

from collections.abc import Sequence

import grpc

from apology_service.interceptors.access import Access
from apology_service.interceptors.admission import Admission, Traffic
from apology_service.interceptors.chain import Chain
from apology_service.interceptors.firewall import Firewall
from apology_service.interceptors.observation import Observation
from apology_service.interceptors.parse_guard import ParseGuard
from apology_service.interceptors.quota import Pace, Share
from apology_service.settings import Settings


def chain(
    settings: Settings, traffic: Traffic, observation: Observation, access: Access
) -> Sequence[grpc.aio.ServerInterceptor]:
    quotas = settings.quotas
    admission = Admission(traffic, settings.max_concurrent_calls, settings.max_watches)
    inner = (Share(quotas.calls_under_way), ParseGuard(), Pace(quotas.drafts_per_minute, quotas.drafts_at_once))
    return (Chain((Firewall(), observation, access), admission, inner),)
