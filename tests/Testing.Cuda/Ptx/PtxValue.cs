namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>Where an instruction takes a value from: a register, or the text.</summary>
/// <param name="Slot">The register's place; -1 = it is a constant.</param>
/// <param name="Constant">The constant's bits.</param>
internal readonly record struct PtxValue(int Slot, ulong Constant)
{
    public static PtxValue None { get; } = new(-1, 0);
}
