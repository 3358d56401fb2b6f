class StartError(Exception):
    """Why the dashboard can't start or go on, as one plain sentence for the console."""
