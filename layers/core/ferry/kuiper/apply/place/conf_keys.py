"""Config sections placed into a draft, conf key by conf key.

Source: contract configurations#partial; cases 6, 37.
"""

from ferry.kuiper.apply.draft import Draft
from ferry.kuiper.document.configs import read_conf_keys, write_conf_keys
from ferry.kuiper.document.legacy import renew_properties
from ferry.kuiper.document.sections import Section, Wire


def place_config(draft: Draft, section: Section, key: str, text: str) -> None:
    """Put a type's conf keys into the draft; each replaces its namesake, the others stay.

    A type without conf keys is not stored (contract configurations#dependencies).

    Raises:
        InvalidJson: the text is no JSON map of maps.

    """
    imported = read_conf_keys(text)
    if draft.wire is Wire.V2:
        imported = {name: renew_properties(key, conf) for name, conf in imported.items()}
    before = draft.sections[section].get(key)
    merged = {**(read_conf_keys(before) if before else {}), **imported}
    if merged:
        draft.put(section, key, write_conf_keys(merged))
