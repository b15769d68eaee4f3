namespace Camshaft.Plugins.CudaModules.Manifest;

/// <summary>The module beside a manifest.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Kernels">
/// The kernels of PTX by their names, with the bytes of each one's arguments (null = not understood). Null for compiled modules, which only the driver reads.
/// </param>
internal sealed record ModuleFile(string Path, IReadOnlyDictionary<string, IReadOnlyList<int>?>? Kernels)
{
    private static readonly string[] Names = ["module.ptx", "module.cubin", "module.fatbin"];

    /// <summary>Finds it.</summary>
    /// <param name="directory">Where the manifest lies.</param>
    /// <param name="stated">The name that the manifest states; null = none.</param>
    /// <exception cref="ManifestException">There is none, or more than one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModuleFile Find(string directory, string? stated)
    {
        if (stated is not null && (stated.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 || stated is "" or "." or ".."))
        {
            throw new ManifestException($"module is '{stated}'; expected the name of a file beside it");
        }

        IReadOnlyList<string> names = stated is null ? Names : [stated];
        var found = names.Select(name => System.IO.Path.Combine(directory, name)).Where(File.Exists).ToList();
        return found.Count switch
        {
            0 => throw new ManifestException($"there is no module beside it; expected {string.Join(", ", names)}"),
            1 => new ModuleFile(found[0], found[0].EndsWith(".ptx", StringComparison.OrdinalIgnoreCase) ? PtxEntries.Read(File.ReadAllText(found[0])) : null),
            _ => throw new ManifestException($"there are {string.Join(" and ", found.Select(System.IO.Path.GetFileName))} beside it; name one of them as 'module'"),
        };
    }
}
