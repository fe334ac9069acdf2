"""Importing rows, in the order of their way.

* options, starting, uploads       what is asked for; a file that is sent, and one that is uploaded
* imports                          the use case
* fetched, source                  the file, which may have to be fetched first
* intake                           its records, step by step, each with a checkpoint
* prepared, shipments, landing     rows on their way to the table
* attached                         to a DynamoDB table that is not ours
* failures                         the file of those that failed
"""
