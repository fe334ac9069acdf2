"""Split a JSON file into records, well formed or not (RFC 8259). Pure.

A broken record must not swallow those behind it. Two things that no valid record has tell where
a broken one ends: a string that runs over the end of its line, and an object that opens a line
where the grammar allows none.
"""

import re

from ferry.files.scanning import JSON_SPACE, NEWLINE, Scanner, end_of

_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_OPENING = b"{["
_PARTNER = {ord("}"): b"{", ord("]"): b"["}
_TEXT = rb'[^"{}\[\]]++|"(?:[^"\\\n]++|\\.)*+"'
_LIST = rb"\[(?:" + _TEXT + rb")*+\]"
_MEMBER_OBJECT = rb"(?:(?<=:)|(?<=: ))\{(?:" + _TEXT + rb"|" + _LIST + rb")*+\}"
TEXT = re.compile(rb"(?:" + _TEXT + rb")*+")
"""All up to the next bracket: whole strings, and whatever is neither string nor bracket."""
_BALANCED = re.compile(rb"(?:" + _TEXT + rb"|" + _LIST + rb"|" + _MEMBER_OBJECT + rb")*+")
"""The same, and lists and objects that are shallow; step by step they cost ten times as much."""
_STRING = re.compile(rb'(?:[^"\\\n]++|\\.)*+')
_BARE = re.compile(rb'[^ \t\r\n,{\["\]]*+')
_BEFORE_OBJECT = {ord("{"): b":", ord("["): b"[,"}
"""Characters that may come before an object: inside an object, and inside an array."""
_LOOK_BACK = 64
_MAX_STACK = 1000


class JsonScanner(Scanner):
    """Finds the end of a JSON value; of what is no JSON, the next comma or white space.

    Args:
        closing: ``b"]"`` where the values are the elements of an array.

    """

    gap = re.compile(rb"[ \t\r\n,]*+")
    # A comma too many or too few between two records harms neither, so none is asked for.

    def __init__(self, closing: bytes = b"") -> None:
        self.closing = closing

    def start(self) -> None:
        """Begin a record; its first byte is none of the gap's."""
        super().start()
        self._stack = bytearray()
        self._deeper = 0
        self._begin = 0
        self._before = b""
        self._on_one_line = True

    def scan(self, data: bytes, at: int) -> tuple[int, bool]:
        """Read on from ``data[at]``; return where it stopped, and whether the record ends there."""
        self._begin = at
        stop, ended = super().scan(data, at)
        if not ended:
            self._on_one_line = self._on_one_line and data.find(b"\n", at) < 0
            # A block may end between an object and what stands before it, which decides about its
            # place.
            self._before = self._look_back(data, stop)
        return stop, ended

    def unfinished(self) -> str:
        """Return the fault of a record that the end of the file cuts off, "" if it is complete."""
        return "" if self._step == self._bare else "is cut off: the file ends in the middle of it"

    def trim(self, original: bytes) -> bytes:
        """Return a record without what ended it."""
        return original.rstrip(b"," + JSON_SPACE)

    def _first(self, data: bytes, at: int) -> int:
        if data[at] in _OPENING:
            self._stack.append(data[at])
            self._step = self._between_brackets
        else:
            self._step = self._string if data[at] == _QUOTE else self._bare
        return at + 1

    def _bare(self, data: bytes, at: int) -> int:
        stop = end_of(_BARE, data, at)
        self._ended = stop < len(data)
        return stop

    def _between_brackets(self, data: bytes, at: int) -> int:
        stop = end_of(_BALANCED, data, at)
        if stop == len(data):
            return stop
        if data[stop] == _QUOTE:
            self._step = self._string
            return stop + 1
        return self._open(data, stop) if data[stop] in _OPENING else self._close(data, stop)

    def _open(self, data: bytes, at: int) -> int:
        if data.startswith(b"{", at) and self._is_misplaced(data, at):
            self._ended = True
            return at
        # Deeper brackets are only counted: a file of nothing but brackets must not fill the
        # memory.
        if len(self._stack) < _MAX_STACK:
            self._stack.append(data[at])
        else:
            self._deeper += 1
        return at + 1

    def _close(self, data: bytes, at: int) -> int:
        if self._deeper:
            self._deeper -= 1
            return at + 1
        # Brackets left open inside are closed with the one around them.
        opened = self._stack.rfind(_PARTNER[data[at]])
        if opened < 0:
            self._ended = True
            return at
        del self._stack[opened:]
        self._ended = not self._stack
        return at + 1

    def _string(self, data: bytes, at: int) -> int:
        stop = end_of(_STRING, data, at)
        if stop == len(data):
            return stop
        if data[stop] == _BACKSLASH:
            self._step = self._escaped
            return stop + 1
        self._step = self._between_brackets
        if data[stop] == _QUOTE:
            self._ended = not self._stack
            return stop + 1
        self._ended = not self._stack or (
            # A string that runs over the end of its line ends the record, but only where records
            # are lines: a document over many lines may be broken anywhere.
            self._on_one_line and data.find(b"\n", self._begin, stop) < 0
        )
        return stop

    def _escaped(self, data: bytes, at: int) -> int:
        self._step = self._string
        return at if data[at] == NEWLINE else at + 1

    def _is_misplaced(self, data: bytes, at: int) -> bool:
        """Return whether the grammar allows no object here, at the start of a line."""
        space_before = self._look_back(data, at)
        before = space_before.rstrip(JSON_SPACE)
        return (
            not self._deeper
            and before != b""
            and b"\n" in space_before[len(before) :]
            and before[-1:] not in _BEFORE_OBJECT[self._stack[-1]]
        )

    def _look_back(self, data: bytes, at: int) -> bytes:
        held = data[max(self._begin, at - _LOOK_BACK) : at]
        return (self._before + held)[-_LOOK_BACK:]
