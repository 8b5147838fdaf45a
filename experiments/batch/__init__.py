"""Experiments of many runs: the file that describes one, how it is run, where the runs are kept, how they are read."""
