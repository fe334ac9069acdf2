"""Files that a URI names, fetched without being led astray.

Whoever may name a URI could name one of the network that this code runs in. So a host is resolved
once, every address it has is checked, and the connection goes to the address that was checked;
redirects are followed the same way, sizes and times are bounded, and no credentials are sent.
"""
