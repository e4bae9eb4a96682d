"""``python -m fastchannel``."""

from fastchannel.cli.main import main

if __name__ == "__main__":
    main()
