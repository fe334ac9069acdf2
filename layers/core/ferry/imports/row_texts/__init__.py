"""Rows of a file as the text of the items they become, column by column.

Only what is plainly right is taken: values whose text can be told at a glance to be what the row
rules would make of them. Of any other row nothing is said, and the rules decide. Columns cost a
sixth less than a function compiled for each import did, and are read as they run
(docs/decisions/0130).
"""
