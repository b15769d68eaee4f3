using Camshaft.Testing.Cuda.Ptx.Execution;

namespace Camshaft.Testing.Cuda.Ptx;

/// <summary>A register that holds a fact about its thread, 32 bits without a sign.</summary>
/// <param name="Read">Reads it.</param>
internal sealed record SpecialRegister(Func<PtxThread, uint> Read)
{
    private const int WarpSize = 32;

    public static IReadOnlyDictionary<string, SpecialRegister> All { get; } = new Dictionary<string, SpecialRegister>(StringComparer.Ordinal)
    {
        ["%tid.x"] = new(static thread => thread.Place.X),
        ["%tid.y"] = new(static thread => thread.Place.Y),
        ["%tid.z"] = new(static thread => thread.Place.Z),
        ["%ntid.x"] = new(static thread => thread.Block.Launch.Block.X),
        ["%ntid.y"] = new(static thread => thread.Block.Launch.Block.Y),
        ["%ntid.z"] = new(static thread => thread.Block.Launch.Block.Z),
        ["%ctaid.x"] = new(static thread => thread.Block.Place.X),
        ["%ctaid.y"] = new(static thread => thread.Block.Place.Y),
        ["%ctaid.z"] = new(static thread => thread.Block.Place.Z),
        ["%nctaid.x"] = new(static thread => thread.Block.Launch.Grid.X),
        ["%nctaid.y"] = new(static thread => thread.Block.Launch.Grid.Y),
        ["%nctaid.z"] = new(static thread => thread.Block.Launch.Grid.Z),
        ["%laneid"] = new(static thread => (uint)thread.Number % WarpSize),
    };
}
