"""The proof of the publishing protocol: real processes, real faults, and a count of what must not happen."""
