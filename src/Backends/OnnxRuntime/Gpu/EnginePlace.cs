namespace Camshaft.Backends.OnnxRuntime.Gpu;

/// <summary>Where TensorRT keeps what it has built for a model.</summary>
/// <param name="EnginePath">The directory of the model's engines.</param>
/// <param name="TimingPath">The directory of measured kernels, for all models on one kind of GPU.</param>
internal sealed record EnginePlace(string EnginePath, string TimingPath)
{
    /// <summary>Whether nothing has been built yet.</summary>
    public bool IsEmpty => !Directory.EnumerateFileSystemEntries(EnginePath).Any();
}
