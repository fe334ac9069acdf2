"""Languages, and what Ferry says is wrong in each of them. Pure.

Code says what is wrong in English. `catalogue` tells it in another language when it is told to a
person; see docs/decisions/0170-errors-in-the-users-language.md.
"""
