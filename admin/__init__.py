"""The command that makes apps, users and secrets, locally and against a deployed stack."""
