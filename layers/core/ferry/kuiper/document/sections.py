"""The sections of a configuration, and the two wire formats that spell them."""

from enum import Enum, StrEnum


class Section(StrEnum):
    """A section, by its exact name, in the order of every output.

    Source: contract configurations#documents.
    """

    STREAMS = "streams"
    TABLES = "tables"
    RULES = "rules"
    NATIVE_PLUGINS = "nativePlugins"
    PORTABLE_PLUGINS = "portablePlugins"
    SOURCE_CONFIG = "sourceConfig"
    SINK_CONFIG = "sinkConfig"
    CONNECTION_CONFIG = "connectionConfig"
    SERVICE = "Service"
    SCHEMA = "Schema"
    UPLOADS = "uploads"
    SCRIPTS = "scripts"


SOURCE_SECTIONS = (Section.STREAMS, Section.TABLES)
"""Sections that a rule may select from; a name may be in one of them only."""

CONFIG_SECTIONS = (Section.SOURCE_CONFIG, Section.SINK_CONFIG, Section.CONNECTION_CONFIG)
"""Sections whose values are JSON objects of conf keys."""

RULESET_SECTIONS = (Section.STREAMS, Section.TABLES, Section.RULES)
"""The three sections of /ruleset (contract configurations#rulesets)."""

LATER_SECTIONS = (Section.UPLOADS, Section.SCRIPTS)
"""Sections that the 1.10 format does not have, though this project accepts them in it."""


class Wire(Enum):
    """A wire format: the seed's, of 1.9 and 1.10, or that of version 2.

    Source: contract configurations#principles.
    """

    SEED = "1.10"
    V2 = "2"

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that are always written, in order."""
        if self is Wire.V2:
            return tuple(Section)
        return tuple(section for section in Section if section not in LATER_SECTIONS)
