"""Uploads: a picture or video on its way to PostPeer."""
