"""Objects, as far as S3 is needed: whole ones and such as come in parts."""

import re
from itertools import count
from zlib import crc32

from benchmarks.replay.http import Request, response

_KEY = re.compile(r"<Key>([^<]*)</Key>")
_XML = '<?xml version="1.0" encoding="UTF-8"?>'


class Objects:
    """The objects of all buckets, by path."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self._uploads: dict[str, dict[int, bytes]] = {}
        self._numbers = count(1)

    def answer(self, request: Request) -> bytes:
        """Answer a request of S3's REST API."""
        match request.method:
            case "POST":
                return self._posted(request)
            case "PUT" if "partNumber" in request.query:
                number = int(request.query["partNumber"])
                self._uploads[request.query["uploadId"]][number] = request.body
                return _stored(request.body)
            case "PUT":
                self.contents[request.path] = request.body
                return _stored(request.body)
            case "DELETE":
                return response(status="204 No Content")
            case _:
                return self._read(request)

    def _posted(self, request: Request) -> bytes:
        if "uploads" in request.query:
            return self._begin()
        return self._delete(request) if "delete" in request.query else self._complete(request)

    def _begin(self) -> bytes:
        upload_id = f"upload-{next(self._numbers)}"
        self._uploads[upload_id] = {}
        return _document(f"<UploadId>{upload_id}</UploadId>", "InitiateMultipartUploadResult")

    def _complete(self, request: Request) -> bytes:
        parts = self._uploads.pop(request.query["uploadId"])
        self.contents[request.path] = b"".join(parts[number] for number in sorted(parts))
        return _document('<ETag>"whole"</ETag>', "CompleteMultipartUploadResult")

    def _list(self, request: Request) -> bytes:
        bucket = f"{request.path.rstrip('/')}/"
        above = bucket + request.query.get("prefix", "")
        keys = [path.removeprefix(bucket) for path in self.contents if path.startswith(above)]
        found = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
        return _document(f"<IsTruncated>false</IsTruncated>{found}", "ListBucketResult")

    def _delete(self, request: Request) -> bytes:
        for key in _KEY.findall(request.body.decode()):
            self.contents.pop(f"{request.path.rstrip('/')}/{key}", None)
        return _document("", "DeleteResult")

    def _read(self, request: Request) -> bytes:
        if "list-type" in request.query:
            return self._list(request)
        content = self.contents.get(request.path)
        if content is None:
            return _document("<Code>NoSuchKey</Code>", "Error", "404 Not Found")
        asked = request.headers.get("range", "bytes=0-").removeprefix("bytes=")
        first, _, last = asked.partition("-")
        whole = len(content)
        start, stop = int(first), min(int(last) + 1 if last else whole, whole)
        if start >= whole:
            return _document("<Code>InvalidRange</Code>", "Error", "416 Range Not Satisfiable")
        answer = response(
            content[start:stop],
            "206 Partial Content",
            "application/octet-stream",
            ETag=_etag(content),
            Content_Range=f"bytes {start}-{stop - 1}/{whole}",
        )
        return answer if request.method == "GET" else answer[: answer.index(b"\r\n\r\n") + 4]


def _stored(content: bytes) -> bytes:
    return response(ETag=_etag(content))


def _etag(content: bytes) -> str:
    return f'"{crc32(content):08x}"'


def _document(inside: str, name: str, status: str = "200 OK") -> bytes:
    return response(f"{_XML}<{name}>{inside}</{name}>".encode(), status, "application/xml")
