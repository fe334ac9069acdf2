"""The sinks of an import, all behind `RowSink`.

* `sink`, `held`, `opening`          the protocol; what sinks share that may fail rows; which to use
* `new`                              new rows: sent as they are read
* `unique`                           new rows of a table with unique indexes
* `keyed`, `keyed_writes`            rows that keep the ids their file gives
* `attached`, `attached_writes`      rows of attached tables, under the keys their file gives
* `existing`, `known_rows`           what the table has already
* `dry_run`, `attached_dry_run`      what a dry run would have written
"""
