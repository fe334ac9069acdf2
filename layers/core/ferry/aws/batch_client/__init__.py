"""Putting items by BatchWriteItem, many requests at a time, in no order.

Two writers do the same. `plain` goes through the client, request by request. `signed` signs
requests whose bodies are ready-made text and keeps up to 32 of them in flight from one thread: a
tenth of the CPU, and none of the waiting.
"""
