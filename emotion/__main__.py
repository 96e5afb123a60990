"""``python -m emotion`` is the command ``emotion``."""

from emotion.cli import main

if __name__ == "__main__":
    main()
