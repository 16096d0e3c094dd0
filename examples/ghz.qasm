OPENQASM 3.0;
include "stdgates.inc";

// A GHZ state on three qubits in a row, in the basis rz, sx, cz.
bit[3] c;

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

rz(pi/2) $2;
sx $2;
rz(pi/2) $2;
cz $1, $2;
rz(pi/2) $2;
sx $2;
rz(pi/2) $2;

c[0] = measure $0;
c[1] = measure $1;
c[2] = measure $2;
