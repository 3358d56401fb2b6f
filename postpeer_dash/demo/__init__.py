"""The demo: a team with people, accounts, boards and a believable past, for the sandbox alone."""

from postpeer_dash.demo.cast import Person, people

__all__ = ["Person", "people"]
