"""Mail: the message that says how a job ended, and the pages behind a link that does not open.

`notices` and `link_pages` are its edges; the rest is pure: facts in, words out.
"""
