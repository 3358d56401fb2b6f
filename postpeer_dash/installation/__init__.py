"""The top floor: what starts and watches the processes of one instance, and the pages of its owner."""
