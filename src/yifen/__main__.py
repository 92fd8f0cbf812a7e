"""`python -m yifen`: the commands."""

from yifen.cli.main import main

raise SystemExit(main())
