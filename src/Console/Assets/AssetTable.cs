using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Camshaft.LiveConsole.Assets;

/// <summary>The files of the page by their paths, read from this assembly when somebody first looks. Any thread.</summary>
internal static class AssetTable
{
    private const string Root = "wwwroot/";

    private static readonly Lazy<FrozenDictionary<string, Asset>> Assets = new(Read);

    /// <summary>Finds a file.</summary>
    /// <param name="path">Its path below the page's root, such as <c>js/app.js</c>.</param>
    /// <param name="asset">The file.</param>
    public static bool TryGet(string path, [NotNullWhen(true)] out Asset? asset) => Assets.Value.TryGetValue(path, out asset);

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Root, StringComparison.Ordinal))
            .ToFrozenDictionary(static name => name[Root.Length..], name => new Asset(name, ReadBytes(assembly, name)), StringComparer.Ordinal);
    }

    private static byte[] ReadBytes(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
