OPENQASM 3.0;
include "stdgates.inc";

// A Bell state on two coupled qubits, in the basis rz, sx, cz.
// rz(pi/2) sx rz(pi/2) is a Hadamard gate.
bit[2] c;

rz(pi/2) $0;
sx $0;
rz(pi/2) $0;

rz(pi/2) $1;
sx $1;
rz(pi/2) $1;
cz $0, $1;
rz(pi/2) $1;
sx $1;
rz(pi/2) $1;

c[0] = measure $0;
c[1] = measure $1;
