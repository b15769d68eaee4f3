using System.Runtime.InteropServices;

namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>
/// Loads what execution providers need before ONNX Runtime loads them: from their own directory by full path where it has the library, so
/// that no other copy is taken, else from where the system finds it. Used once, when a backend starts; what is loaded stays.
/// </summary>
/// <param name="directory">The directory.</param>
internal sealed class NativeDependencies(string directory)
{
    private readonly Dictionary<string, nint> _loaded = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];

    /// <summary>The names of libraries that are nowhere, or cannot be loaded.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Loads what a library of the directory needs, and what that needs. Nothing on systems whose libraries do not say it.</summary>
    public void LoadNeededBy(string fileName)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var name in SharedObject.ReadNeeded(Path.Combine(directory, fileName)))
        {
            Load(name);
        }
    }

    /// <summary>Loads libraries of the directory, where they are there.</summary>
    /// <param name="pattern">What their file names look like.</param>
    public void LoadIfHere(string pattern)
    {
        foreach (var path in Directory.EnumerateFiles(directory, pattern).Order(StringComparer.Ordinal))
        {
            Load(Path.GetFileName(path));
        }
    }

    /// <summary>Finds a function of a library that was loaded.</summary>
    /// <param name="namePrefix">How the library's name begins, for example <c>libnvinfer.so</c>.</param>
    /// <param name="function">The function.</param>
    /// <returns>The address; 0 = there is none.</returns>
    public nint FindFunction(string namePrefix, string function)
    {
        var library = _loaded.FirstOrDefault(entry => entry.Key.StartsWith(namePrefix, StringComparison.Ordinal)).Value;
        return library != 0 && NativeLibrary.TryGetExport(library, function, out var address) ? address : 0;
    }

    private void Load(string name)
    {
        // Before what it needs, in case these need each other.
        if (!_loaded.TryAdd(name, 0))
        {
            return;
        }

        var path = Path.Combine(directory, name);
        var isHere = File.Exists(path);
        if (isHere)
        {
            LoadNeededBy(name);
        }

        if (NativeLibrary.TryLoad(isHere ? path : name, out var library))
        {
            _loaded[name] = library;
        }
        else
        {
            _missing.Add(name);
        }
    }
}
