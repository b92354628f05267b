"""Makes it happen: load, decide, commit, send. Knows neither SQL nor HTTP.

Rule 1: one contact, one turn, one transaction; no network call inside one.
Rule 2: nothing is sent that was not committed; nobody is answered before the commit.
Rule 3: a claimed message whose fate is unknown is looked up before it is sent again.
"""
