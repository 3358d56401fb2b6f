"""An embedded PostPeer for demo, development and tests: its own process, speaking the API's structure on loopback.

It shares no code with the dashboard. Nothing leaves the machine: what it "publishes" are pages of its own.
"""
