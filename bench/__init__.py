"""How fast, how large: benchmarks that run by themselves; `python -m bench` runs them all."""
