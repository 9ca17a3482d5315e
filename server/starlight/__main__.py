"""``python -m starlight`` is the command ``starlight``."""

from starlight.cli import main

raise SystemExit(main())
