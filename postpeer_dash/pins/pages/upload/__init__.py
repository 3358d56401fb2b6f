"""A picture or film on its way to PostPeer."""
