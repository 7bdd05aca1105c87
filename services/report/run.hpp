#pragma once

namespace sunherd::report {

/// Reads the ledger's database, and writes a statement as PDF to standard output. 0: it is
/// there; 1: it can't be set, and standard error says why; 2: the command line can't be understood.
int run(int argc, char** argv);

}  // namespace sunherd::report
