"""Signed requests to DynamoDB with ready-made bodies, many in flight from one thread.

`SignedRequests` keeps up to 32 of them in flight over libcurl: a tenth of the CPU that botocore's
client takes, and none of the waiting. Who uses it:

* `batch_writer`   puts items by BatchWriteItem, in no order
* `task_runner`    runs tasks, whose requests need the answers to those before
* `batch_reader`   reads items by BatchGetItem
"""
