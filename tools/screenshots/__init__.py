"""Pictures of the dashboard: `make screenshots` takes the README's."""
