"""A stand-in for DynamoDB, S3 and SQS that answers at next to no cost.

What is measured is the client: answers are made on first use and then handed out as they are. All
of it is one process on the loopback interface.
"""
