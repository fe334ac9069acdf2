"""DynamoDB tables that are attached: described, read as a whole, and written row by row.

They are not ours. Nothing here makes, changes or empties one.
"""
