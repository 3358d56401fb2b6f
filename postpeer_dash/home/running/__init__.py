"""`make run`: everything one instance needs, on one machine, from one command."""
