"""Rows of a file as the text of the items they become, by code compiled from the schema.

The code takes only what is plainly right: values whose text can be told at a glance to be what the
row rules would make of them. Of any other row it says nothing, and the rules decide.
"""
