using Camshaft.Testing.Cuda.Ptx.Syntax;

namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>A kernel that has been assembled, ready to run. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Instructions">What each thread runs.</param>
/// <param name="RegisterNames">The names of the registers, by their places.</param>
/// <param name="SpecialRegisters">Which registers hold facts about the thread.</param>
/// <param name="Shared">Its shared memory.</param>
/// <param name="MostThreads">How many threads a block may have.</param>
/// <param name="RequiredThreads">How many a block has in each direction; empty = any number.</param>
internal sealed record PtxKernel(
    string Name,
    IReadOnlyList<Variable> Parameters,
    PtxInstruction[] Instructions,
    IReadOnlyList<string> RegisterNames,
    IReadOnlyList<(int Slot, SpecialRegister Register)> SpecialRegisters,
    SharedLayout Shared,
    int MostThreads,
    IReadOnlyList<int> RequiredThreads);
