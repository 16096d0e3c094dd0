"""Jobs from acceptance to their end: admission, execution, the transfer of their objects."""
