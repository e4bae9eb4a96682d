"""A ministry's server for OpenID Connect on this machine, as far as the standard asks of one: real HTTP, real signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT, SECRET = "fast-channel", "between the two of us"


class Ministry:
    """Who is at its desk now, and the codes that it handed out."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = "officer-7"
        self.audience = CLIENT
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> str:
        """What its sign-in page does for the person at its desk: where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        """The answer to a code, once, for who holds the secret and the proof key."""
        asked = self.codes.pop(sent["code"])
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert (proof, asked["code_challenge_method"]) == (asked["code_challenge"], "S256")
        assert (sent["client_id"], sent["client_secret"]) == (CLIENT, SECRET)
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": self.audience, "iat": now, "exp": now + 60}
        token = jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": "1"})
        return {"access_token": "unused", "token_type": "Bearer", "id_token": token}

    def described(self) -> dict[str, Any]:
        """Where it answers what."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }


@contextmanager
def serving() -> Iterator[Ministry]:
    """The server, on a port of its own."""
    ministry = Ministry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(ministry.described() if self.path == "/.well-known/openid-configuration" else {})

        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(ministry.token({name: values[0] for name, values in body.items()}))

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, value: dict[str, Any]) -> None:
            raw = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ministry.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield ministry
    server.shutdown()
    thread.join()
    server.server_close()
