"""Mails about what needs a person, each sent once for each happening."""
