"""The sinks of an import, all behind `RowSink`.

* `sink`, `held`, `opening`          the protocol; what sinks share that may fail rows; which to use
* `destination`                      the table, the job and the stores that a sink writes by
* `new`                              new rows: sent as they are read
* `unique`                           new rows of a table with unique indexes
* `keyed`, `keyed_writes`            rows that keep the ids their file gives
* `attached`, `attached_writes`      rows of attached tables, under the keys their file gives
* `attached_items`                   what rows make of the items of attached tables
* `plain_rows`, `plain_changes`      the same of many rows at once, where they are plainly right
* `late_entries`                     entries of such rows, read when somebody asks
* `existing`, `known_rows`           what the table has already
* `matched`, `matched_writes`, `matched_opening`  rows that are matched, and noted in a journal
* `matched_row`, `own_images`, `attached_images`  what they are matched by, what they make of a row
* `merging_cells`                    which cells of a row that is merged count
"""
