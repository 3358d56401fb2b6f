"""A passkey that no device holds, as a browser would have handed it in."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

_ID = bytes(range(16))
_FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT


def make_registration(origin: str) -> dict[str, Any]:
    """Return what a browser answers when it has made a passkey: the same one each time."""
    public = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    key = ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]
    credential = AttestedCredentialData.create(Aaguid(bytes(16)), _ID, key)
    data = AuthenticatorData.create(bytes(32), _FLAGS, 0, credential)
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, bytes(16), origin)
    return {
        "id": websafe_encode(_ID),
        "rawId": websafe_encode(_ID),
        "type": "public-key",
        "clientExtensionResults": {"credProps": {"rk": False}},
        "response": {
            "clientDataJSON": websafe_encode(bytes(client)),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
    }
