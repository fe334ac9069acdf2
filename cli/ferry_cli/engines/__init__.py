"""Running rule engines: what they have, what they are to have, and the way there."""
