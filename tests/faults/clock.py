"""A clock that several processes share and that a test moves: nobody waits for a lease to end."""

import fcntl
import mmap
import struct
import time
from pathlib import Path

# The real ones, whatever takes their place later.
_TIME, _MONOTONIC, _SLEEP = time.time, time.monotonic, time.sleep

_OFFSET = struct.Struct("d")


class SharedClock:
    """The time, so many seconds ahead; stands in for the module `time`.

    Args:
        path: the file that holds by how many seconds it is ahead.

    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_OFFSET.pack(0.0))
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), _OFFSET.size)

    def time(self) -> float:
        return _TIME() + self._ahead_s()

    def monotonic(self) -> float:
        return _MONOTONIC() + self._ahead_s()

    def time_ns(self) -> int:
        return round(self.time() * 1000) * 1_000_000

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.advance(max(0.0, seconds))
        _SLEEP(0.0005)

    def advance(self, seconds: float) -> None:
        # Two that advance it at the same time must not set it back.
        fcntl.flock(self._file, fcntl.LOCK_EX)
        _OFFSET.pack_into(self._map, 0, self._ahead_s() + seconds)
        fcntl.flock(self._file, fcntl.LOCK_UN)

    @property
    def now(self) -> float:
        return self.time()

    @now.setter
    def now(self, now: float) -> None:
        self.advance(now - self.time())

    def close(self) -> None:
        self._map.close()
        self._file.close()

    def _ahead_s(self) -> float:
        return float(_OFFSET.unpack_from(self._map)[0])
