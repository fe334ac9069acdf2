"""Texts without the secrets that they hold: for answers, mails and comparisons.

An export has them whole: whoever imports it elsewhere needs them.
"""

import re

_MASK = "******"
_MEMBER = re.compile(r'("([A-Za-z0-9_.-]{1,64})"\s*+:\s*+)"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SECRET = re.compile(
    r"passw|secret|token|credential|private_?key|access_?key|api_?key", re.IGNORECASE
)


def masked(text: str) -> str:
    """Replace the values of members whose names say that they are secret; any text will do.

    >>> masked('{"server":"tcp://x","password":"public"}')
    '{"server":"tcp://x","password":"******"}'
    """
    return _MEMBER.sub(_masked_member, text)


def public_uri(uri: str) -> str:
    """Return the scheme, host and path of a URI: user, password and query may be secret.

    >>> public_uri("https://user:word@host/a.zip?X-Amz-Signature=1#b")
    'https://host/a.zip'
    """
    shown = re.split(r"[?#]", uri, maxsplit=1)[0]
    scheme, slashes, rest = shown.partition("//")
    if not slashes:
        return shown
    host, slash, path = rest.partition("/")
    return f"{scheme}//{host.rpartition('@')[2]}{slash}{path}"


def _masked_member(found: re.Match[str]) -> str:
    return f'{found[1]}"{_MASK}"' if _SECRET.search(found[2]) else found[0]
