namespace Camshaft.Testing.Cuda.EntryPoints;

/// <summary>Every function that the simulated driver has, by its name without a version.</summary>
internal static class EntryPointTable
{
    public static Dictionary<string, nint> Create()
    {
        var functions = new Dictionary<string, nint>(StringComparer.Ordinal);
        DeviceEntryPoints.AddTo(functions);
        StreamEntryPoints.AddTo(functions);
        EventEntryPoints.AddTo(functions);
        MemoryEntryPoints.AddTo(functions);
        CopyEntryPoints.AddTo(functions);
        PeerEntryPoints.AddTo(functions);
        ModuleEntryPoints.AddTo(functions);
        GraphEntryPoints.AddTo(functions);
        GreenEntryPoints.AddTo(functions);
        return functions;
    }
}
