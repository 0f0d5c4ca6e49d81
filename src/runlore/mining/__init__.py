"""Events to cases, slices and workflows; facts beside them. No I/O."""
