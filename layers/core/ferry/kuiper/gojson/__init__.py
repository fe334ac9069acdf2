"""JSON as Go's `encoding/json` has it: what it takes, what it says, what it writes.

Written from that package's documented behaviour; the texts are part of the public contract
(contract configurations#imports).
"""
