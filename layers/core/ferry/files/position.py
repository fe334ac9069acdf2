"""Places in a file from which reading or packing it can go on: what a job keeps of it. Pure."""

import msgspec


class Position(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A place between two records of a file, from which reading can go on.

    Attributes:
        offset: bytes of the file that lie before it.
        line: the physical line it is on, counted from 1.
        number: the records before it.
        ended: nothing more is to be read, whatever follows.
        blank: rows without any value, and comments, before it; they are no records.

    """

    offset: int = 0
    line: int = 1
    number: int = 0
    ended: bool = False
    blank: int = 0


class Packed(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The position of a packing. Part of an export's checkpoint.

    Attributes:
        crc: the CRC-32 of what went in.
        size: bytes that went in.
        packed: bytes that came out.
        footer: what the file's end must record of the content, such as where its row groups
            lie; the packing alone knows its form.

    """

    crc: int = 0
    size: int = 0
    packed: int = 0
    footer: bytes = b""
