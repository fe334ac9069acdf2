"""Importing rows, in the order of their way.

* `request`, `uploads`, `starting`   what a caller asks for; uploads and their arrival
* `importing`                        accepting an import, and running it
* `fetched`, `source`                the file, which may have to be fetched first
* `pipeline`                         its records, step by step, each with a checkpoint
* `conflicts`                        what becomes of a row whose key the table has
* `row_texts`                        rows as the text of the items they become
* `sinks`                            rows on their way to the table
* `failed_rows`                      the file of those that failed
"""
