"""Client of IBM Cloud's Resource Controller, as far as instances of the quantum service go."""
