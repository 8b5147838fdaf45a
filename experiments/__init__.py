"""What people do with the model: run, compare, report and the command line."""
