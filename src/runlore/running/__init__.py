"""How a run goes on: which steps are ready, what a report must bring with it, who may report. Pure functions over values."""
