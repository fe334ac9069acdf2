"""An app's program that goes through the OAuth flow."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from ferry.accounts import identity as accounts
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import Credentials
from tests.service import Answer, Service

AUTHORIZE = "/api/oauth2/hydrogen/openapi/authorize/"
TOKEN = "/api/oauth2/access_token/"
_BOUNDARY = "a1b2c3"


@dataclass
class Client:
    """Knows an app's credentials."""

    service: Service
    credentials: Credentials

    @classmethod
    def create(cls, service: Service, stack: SimpleNamespace, mail: str = "owner@a.test"):
        """Make an app with an owner."""
        storage = Accounts(stack.ControlTable)
        made = accounts.create_app("app", now=1_500_000_000, accounts=storage)
        accounts.create_user(
            made.client_id, name="O", mail=mail, language="en", now=0, accounts=storage
        )
        return cls(service, made)

    @property
    def body(self) -> dict[str, Any]:
        kept = self.credentials
        return {"client_id": kept.client_id, "client_secret": kept.client_secret}

    def post(self, path: str, body: bytes | dict[str, Any], kind: str = "json") -> Answer:
        raw, content_type = (body, _TYPES[kind]) if isinstance(body, bytes) else form(body, kind)
        headers = {"content-type": content_type}
        return self.service.call("POST", path, raw, token="", headers=headers)

    def code(self) -> str:
        return self.post(AUTHORIZE, self.body).json()["code"]

    def exchange(self, code: str) -> Answer:
        body = {**self.body, "grant_type": "authorization_code", "code": code}
        return self.post(TOKEN, body)

    def refresh(self, token: str) -> Answer:
        body = {**self.body, "grant_type": "refresh_token", "refresh_token": token}
        return self.post(TOKEN, body)

    def tokens(self) -> dict[str, Any]:
        return self.exchange(self.code()).json()

    def sees_its_tables(self, access_token: str) -> bool:
        answer = self.service.call("GET", "/oserve/v1/table/", token=access_token)
        assert answer.status in {200, 401}
        return answer.status == 200


def form(parameters: dict[str, Any], kind: str) -> tuple[Any, str]:
    """Return a body of that kind and its content type."""
    if kind == "json":
        return parameters, _TYPES[kind]
    if kind == "form":
        return urlencode(parameters).encode(), _TYPES[kind]
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parameters.items()
    ]
    return f"{''.join(parts)}--{_BOUNDARY}--\r\n".encode(), _TYPES[kind]


_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
    "multipart": f"multipart/form-data; boundary={_BOUNDARY}",
}
