namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>What the bits of a value mean.</summary>
internal enum PtxKind
{
    Bits,
    Unsigned,
    Signed,
    Float,
    Predicate,
}
