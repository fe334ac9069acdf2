"""Jobs: states, a worker's lease and checkpoints, the sweeper, and jobs as the API shows them."""
