"""Apps, their users, and the codes and tokens that identify them."""
