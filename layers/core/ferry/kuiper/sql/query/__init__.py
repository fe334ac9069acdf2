"""SELECT and the expressions in it."""
