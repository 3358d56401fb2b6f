"""What starts and watches the processes of one instance: `make run` ends here, and `manage.py prepare`."""
