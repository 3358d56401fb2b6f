"""An embedded PostPeer for demo, development and tests: a process of its own that speaks the API's structure on loopback.

It shares no code with the dashboard. Nothing leaves the machine: what it "publishes" are pages of its own.
"""
