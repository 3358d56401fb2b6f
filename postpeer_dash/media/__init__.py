"""Pictures and films: what a file is, what it tells, what is made of it, and how it gets to PostPeer."""
