"""The bare Django page that the dashboard is measured beside: a session, one query, fifty rows in a template."""
