"""Why a server could not be spoken with, in words for whoever can mend it; kept in English."""

import ssl


def why(failure: Exception) -> str:
    """What the library said, or what it means where that is no help."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"its certificate is not believed ({failure.verify_message})"
    if isinstance(failure, ssl.SSLError) and failure.reason == "WRONG_VERSION_NUMBER":
        return "it speaks no TLS on that port; choose starttls, or another port"
    return str(failure)
