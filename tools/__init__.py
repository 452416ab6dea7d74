"""What tests, the demo and the benchmark share; no part of the package that is installed."""
