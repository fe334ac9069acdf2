"""Putting items by BatchWriteItem, many requests at a time, in no order.

Two writers do the same. `plain` goes through boto3, request by request. `signed` signs requests
whose bodies are ready-made text and keeps up to 32 of them in flight from one thread: a tenth of
boto3's CPU, and none of the waiting.
"""
