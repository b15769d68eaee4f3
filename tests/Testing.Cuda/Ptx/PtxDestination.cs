namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>A register that an instruction writes.</summary>
/// <param name="Slot">Its place.</param>
/// <param name="Mask">The bits that it has.</param>
internal readonly record struct PtxDestination(int Slot, ulong Mask);
