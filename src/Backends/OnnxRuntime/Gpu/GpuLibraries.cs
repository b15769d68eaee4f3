namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>Finds the one directory that a GPU-enabled ONNX Runtime is loaded from, and says what is missing.</summary>
internal static class GpuLibraries
{
    /// <summary>The option that names the directory.</summary>
    public const string DirectoryOption = "nativeDirectory";

    // The driver's own library: where it is missing there is no GPU to run on.
    private const string Driver = "libcuda.so.1";

    /// <summary>The file name of a library on this operating system.</summary>
    public static string FileName(string name) => OperatingSystem.IsWindows() ? $"{name}.dll" : $"lib{name}.so";

    /// <summary>Finds the directory.</summary>
    /// <param name="named">The directory that the configuration names; null = none.</param>
    /// <param name="packaged">Where the libraries lie when they were published with the server.</param>
    /// <param name="fileNames">The files that must be there.</param>
    /// <exception cref="BackendException">They are not there, and nobody said that they were (<see cref="StatusCode.Unavailable"/>).</exception>
    /// <exception cref="DllNotFoundException">The named directory lacks some of them.</exception>
    public static string Find(string? named, IReadOnlyList<string> packaged, IReadOnlyList<string> fileNames)
    {
        string[] directories = named is null ? [.. packaged] : [Path.GetFullPath(named)];
        if (Array.Find(directories, directory => fileNames.All(name => File.Exists(Path.Combine(directory, name)))) is { } found)
        {
            return found;
        }

        var missing = Describe(directories, fileNames);
        throw named is null
            ? new BackendException(StatusCode.Unavailable, $"ONNX Runtime's libraries for GPUs are not there: {missing}. 'backends.onnxRuntimeGpu.{DirectoryOption}' can name a directory.")
            : new DllNotFoundException($"ONNX Runtime's libraries for GPUs are not where 'backends.onnxRuntimeGpu.{DirectoryOption}' says: {missing}.");
    }

    /// <summary>Says what the libraries need and the machine does not have.</summary>
    /// <param name="directory">Where the libraries are.</param>
    /// <param name="missing">The names of what is missing; may be none.</param>
    /// <exception cref="BackendException">NVIDIA's driver is not there (<see cref="StatusCode.Unavailable"/>).</exception>
    /// <exception cref="DllNotFoundException">Something else is not.</exception>
    public static void ThrowIfMissing(string directory, IReadOnlyList<string> missing)
    {
        if (missing.Contains(Driver))
        {
            throw new BackendException(StatusCode.Unavailable, $"NVIDIA's driver is not there: '{Driver}' cannot be loaded.");
        }

        if (missing.Count > 0)
        {
            throw new DllNotFoundException(
                $"ONNX Runtime in '{directory}' needs {Quote(missing)}, which cannot be loaded; looked in '{directory}' and where the system looks. They come with CUDA, cuDNN and TensorRT.");
        }
    }

    // A directory with some of the files is the one that was meant.
    private static string Describe(string[] directories, IReadOnlyList<string> fileNames) =>
        Array.Find(directories, directory => fileNames.Any(name => File.Exists(Path.Combine(directory, name)))) is { } meant
            ? $"'{meant}' has no {Quote(fileNames.Where(name => !File.Exists(Path.Combine(meant, name))))}"
            : $"looked for {Quote(fileNames)} in {Quote(directories)}";

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(static name => $"'{name}'"));
}
