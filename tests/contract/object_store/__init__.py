"""One contract over all stores: what the simulator does must be what real stores do."""
