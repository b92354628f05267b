"""`python -m backend` is `imbizo`."""

from backend.cli import main

main()
