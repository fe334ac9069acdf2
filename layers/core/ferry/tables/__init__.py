"""Tables: their schema, the rules of their values, the records they hold. Pure.

* schema, indexes                  a table, its fields, its unique indexes
* values, scalars, geojson         what a field may hold
* rules, rows, changes             what a row of a file or a request becomes, and changes
* records                          rows as they are stored
* cells, columns                   rows as files show them, one by one and many at a time
* where, operators, creation       which rows are meant
* ordering, comparing, sortable    in which order
* attached, attaching, attachment  tables whose rows lie in a DynamoDB table that is not ours
"""
