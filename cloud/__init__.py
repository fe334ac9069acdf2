"""The service in an AWS account: looked over before, deployed, tried out afterwards.

Read it in this order: ``__main__`` (the commands), ``stages`` (samconfig.toml), ``artifacts`` (what
was built), ``deployment``.
"""
