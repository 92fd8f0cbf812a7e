"""`python -m yifen`: the commands."""

from yifen.tools.cli.main import main

raise SystemExit(main())
