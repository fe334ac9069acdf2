"""Items that install something: plugins, services, schemas, uploads and scripts.

Each module reads one kind into an `Installable`; `apply/place/install.py` places them.
"""
