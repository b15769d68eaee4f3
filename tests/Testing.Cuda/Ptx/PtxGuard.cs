namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>The predicate on which an instruction depends.</summary>
/// <param name="Slot">Its register's place.</param>
/// <param name="IsNegated">Whether it is run when the predicate is false.</param>
internal readonly record struct PtxGuard(int Slot, bool IsNegated);
