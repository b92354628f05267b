"""Operator alerts: `conditions` says what is wrong, `ledger` when to tell, `telling` how."""
