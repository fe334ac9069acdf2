"""Rule-engine configurations: read, checked, applied, selected, compared and written.

Pure: no I/O, no clock, no randomness; texts in, values out.
Source: docs/contract/configurations.md.

* golang, gojson   what of Go shows through the engine's API: quoting, numbers, JSON and its errors
* sql              CREATE and SELECT
* rules, items     what may stand in a rule, a plugin, a service, a schema, an upload, a script
* document         the twelve sections, how they are read and written
* apply            an import: (current, imported, mode) -> next document and errors
* export           named rules with what they need, the structured form, rulesets
* envelope         requests in
* responses, diff  answers out
"""
