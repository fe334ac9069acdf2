"""The AWS floor: clients, the attribute codec, and what every slice needs of an AWS service.

Nothing here knows tables, files or jobs.
"""
