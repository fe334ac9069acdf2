"""The control table, one module an entity; each module alone knows its key format.

| pk | sk | what |
|---|---|---|
| ``APP#<app>`` | ``APP`` | an app |
| ``APP#<app>`` | ``USER#<user>`` | one of its users |
| ``APP#<app>`` | ``TABLE#<table>`` | one of its tables |
| ``APP#<app>`` | ``NAME#<table name>`` | holds the name, points to the table |
| ``APP#<app>`` | ``CONFIGURATION`` | which revision of its configuration is in force |
| ``APP#<app>`` | ``REVISION#<number>`` | a revision of it |
| ``TOKEN#<sha256>`` | ``TOKEN`` | an access token |
| ``REFRESH#<sha256>`` | ``REFRESH`` | a refresh token |
| ``CODE#<sha256>`` | ``CODE`` | an authorization code |
| ``PURGES`` | ``TABLE#<table>`` | a deleted table with rows still to purge |
| ``JOB#<job>`` | ``JOB`` | a job |
| ``UPLOAD#<job>`` | ``UPLOAD`` | an upload that may arrive and start that job |
| ``TABLE#<table>`` | ``LAST#<operation>`` | when one was last accepted |
| ``COUNTER`` | ``<what>`` | the last number given |
"""
