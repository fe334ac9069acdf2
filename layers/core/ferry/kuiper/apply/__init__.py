"""An import applied: (current document, imported document, mode) -> next document and errors.

`importing.apply` is the way in. Nothing here changes its arguments.
"""
