"""The use cases around tables and their rows (contract tables#records).

* requests, tables, attaching   tables created, changed, shown, attached; attach_proposal proposes
* purge                         deleted, and their rows after them
* rows, listing, page           rows one by one, and in lists
"""
