"""The service in an AWS account: looked at before, deployed, tried out afterwards.

Read it in this order: ``__main__`` (the commands), ``stages`` (samconfig.toml), ``plan`` (what is
to be done where), ``account``, ``doctor`` with its ``checks``, ``artifacts`` (what was built),
``deployment``.
"""
