"""``python -m direct_access``."""

import sys

from direct_access._console import main

if __name__ == "__main__":
    sys.exit(main())
