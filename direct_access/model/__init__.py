"""Jobs, backends and storage references as plain data, without any I/O."""
