"""Mails about what needs a person, each sent once per event."""
