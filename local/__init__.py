"""The whole service on one machine: a local AWS engine, the deployed stack, one friendly address.

Read it in this order: ``__main__`` (the commands), ``instance`` (what is where), ``daemons`` (what
keeps running), ``engine``, ``build``, ``deployment``, ``repairs``, ``seed``, ``front``. The HTTP
API is ours, as strict as AWS's: ``route_keys``, ``gateway``, ``proxy_events``, ``http_api``.
"""
