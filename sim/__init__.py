"""The engine: model, clock, career graph, draws, steps, ledger, parameters and population."""
