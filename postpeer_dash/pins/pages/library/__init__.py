"""The library: every file the team has used, to be found and used again."""
