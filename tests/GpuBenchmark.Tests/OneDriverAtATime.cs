using Xunit.Sdk;
using Xunit.v3;

// The driver is one for the process, the simulated one too.
[assembly: Parallelization(Mode = ParallelMode.None)]
