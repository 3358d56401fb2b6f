"""The demo: a team with people, accounts, boards and a believable past, for the sandbox alone."""

from postpeer_dash.home.demo.people import Person, people

__all__ = ["Person", "people"]
