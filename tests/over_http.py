"""The service in this process as an address of httpx: the client and the command line call it."""

import httpx
import requests

from tests.service import Service

URL = "https://ferry.test"


class OverHttp(httpx.BaseTransport):
    """Answers for the service, and for its store, which moto keeps.

    Jobs end before they are looked at.

    Args:
        service: to whose callers each request's own token belongs.
        hosts: further addresses of it, such as engines that it stands in for.

    """

    def __init__(self, service: Service, *hosts: str) -> None:
        self._service = service
        self._hosts = (URL, *hosts)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        if str(request.url).startswith(self._hosts):
            return self._served(request, content)
        headers = {k: v for k, v in request.headers.items() if k != "host"}
        answer = requests.request(
            request.method,
            str(request.url),
            data=content,
            headers=headers,
            timeout=10,
            allow_redirects=False,
        )
        return httpx.Response(
            answer.status_code,
            headers=dict(answer.headers),
            stream=httpx.ByteStream(answer.content),
        )

    def _served(self, request: httpx.Request, content: bytes) -> httpx.Response:
        if request.method == "GET":
            self._service.run_jobs()
        path = request.url.raw_path.decode()
        answer = self._service.call(
            request.method, path, content, token="", headers=dict(request.headers)
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body)
        )
