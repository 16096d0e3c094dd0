"""``python -m direct_access``."""

from direct_access._console import run

if __name__ == "__main__":
    run()
