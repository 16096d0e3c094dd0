"""Is everything there that a quantum job needs? Layered checks, and the forms in which they are printed.

A check (:mod:`.check`) looks at one thing; :mod:`.registry` lists them all; :mod:`.running` makes them.
"""
