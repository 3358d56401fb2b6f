from tests.home.conftest import account

__all__ = ["account"]
