"""One row per fault: a test that plays it, and the line of docs/reliability.md that is made of it."""
