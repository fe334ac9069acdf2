"""The service in an AWS account: checked, deployed, tried out.

Read it in this order: ``__main__`` (the commands), ``stages`` (samconfig.toml), ``plan`` (what is
to be done where), ``account``, ``doctor`` with its ``checks``, ``artifacts`` (what was built),
``deployment``, ``smoke`` with its ``guest``.
"""
