"""Whether strangers could call: an address that other machines can reach needs guards, or an operator who means it."""

from apology_service.addresses import is_local
from apology_service.settings import Settings, SettingsError


def missing_guards(settings: Settings) -> str:
    """What an address that other machines can reach does without, in words; empty when it lacks nothing.

    SettingsError when something is lacking and nobody has said that this is meant.
    """
    security = settings.security
    guards = {"encryption": security.tls_certificate, "authentication": security.token_hashes or security.tls_client_ca}
    without = " and ".join(guard for guard, present in guards.items() if not present)
    if is_local(settings.address) or not without:
        return ""
    if not security.insecure:
        raise SettingsError(
            f"other machines can reach {settings.address} without {without}: set tls_certificate and tls_key,"
            " and token_hashes or tls_client_ca; or say --insecure if something else guards it"
        )
    return without
