"""Jobs: their states and what they remember between two deliveries of a message. Pure."""
