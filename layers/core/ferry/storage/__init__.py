"""DynamoDB, S3, SQS and SES behind classes that speak domain types.

Each holds a name and fetches its client on first use.

* control                        the control table, one module an entity
* attributes                     DynamoDB's own form of values
* records, partitions            the rows of a table, all of them
* reading, row_texts             their way out, page by page; their way in, as text
* batches, batch_writing         writes without conditions: a few, and as many as there are
* rows, conditional, changes     single rows, and the actions that change one
* unique, transactions           with the entries of unique indexes, all or nothing
* keyed, standing, view          rows that may be there already, and what is known of them
* rehearsal                      what a dry run would have written
* attached                       DynamoDB tables that are not ours
* files, outcomes                S3, and what imports of configurations leave there
* queues, mail, events, secrets  one service each
"""
