"""The demo: a team with people, accounts, boards and a believable past, for the sandbox alone."""
