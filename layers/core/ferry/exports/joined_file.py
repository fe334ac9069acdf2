"""An export's file, made of the stretches that its segments have written."""

from collections.abc import Callable, Sequence

from ferry.aws.bucket import PART_BYTES, Files
from ferry.exports.plan import ExportPlan, too_many_rows
from ferry.exports.segment_file import first_number, last_number
from ferry.exports.segment_job import SegmentJob
from ferry.files.packing import placed_behind
from ferry.files.position import Packed


class JoinedFile:
    """Joins the stretches: what lies between their parts becomes parts, too.

    To do so again, after a kill, sends the same parts under the same numbers.

    Args:
        plan: of the export.
        key: of the file.
        upload_id: of the upload.
        files: where it goes.
        beat: called between two requests.

    """

    def __init__(
        self,
        plan: ExportPlan,
        key: str,
        upload_id: str,
        *,
        files: Files,
        beat: Callable[[], object],
    ) -> None:
        self._plan = plan
        self._key = key
        self._upload_id = upload_id
        self._files = files
        self._beat = beat
        self._parts: list[tuple[int, str]] = []
        self._packing = plan.kind.packing(Packed())
        self._between = bytearray(self._packing.head())
        self._text(plan.writer(0).head())
        self._rows = 0

    def complete(self, segments: Sequence[SegmentJob], *, row_cap: int) -> None:
        """Make the file of the segments, which have ended, in their order.

        Raises:
            NotFound: the upload is gone, or one of the parts is not the one meant.
            TooManyRows: they have more than `row_cap` rows.

        """
        if sum(segment.counts.total for segment in segments) > row_cap:
            raise too_many_rows(row_cap)
        for segment in segments:
            self._add(segment)
        self._text(self._plan.writer(self._rows).tail())
        self._between += self._packing.tail()
        if self._between or not self._parts:
            self._put(last_number(len(segments)))
        self._files.shared.complete(self._key, self._upload_id, self._parts)

    def _add(self, segment: SegmentJob) -> None:
        done = segment.checkpoint
        if done is None or not done.rows:
            return
        if self._rows:
            self._text(_between_rows(self._plan))
        self._rows += done.rows
        self._packing = self._plan.kind.packing(placed_behind(self._packing.so_far, done.packed))
        first, *own = done.etags or ("",)
        if first:
            self._between += b"".join(self._files.blocks(first))
        number = first_number(segment.request.number)
        if own or len(self._between) >= PART_BYTES:
            self._put(number)
        self._parts += [(number + place, etag) for place, etag in enumerate(own, start=1)]
        if done.rest:
            self._between += b"".join(self._files.blocks(done.rest))

    def _text(self, text: bytes) -> None:
        """Put text between two stretches, packed by itself."""
        if text:
            self._between += self._packing.pack(text) + self._packing.seal()

    def _put(self, number: int) -> None:
        self._beat()
        part, self._between = self._between, bytearray()
        etag = self._files.shared.put_part(self._key, self._upload_id, number, part)
        self._parts.append((number, etag))


def _between_rows(plan: ExportPlan) -> bytes:
    """Return the text before a row, but not before the file's first one, such as a comma."""
    first, other = (plan.writer(written).place([b""]) for written in (0, 1))
    return other.removesuffix(first)
