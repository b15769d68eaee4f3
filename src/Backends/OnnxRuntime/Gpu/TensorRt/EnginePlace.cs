namespace Camshaft.Backends.OnnxRuntime.Gpu.TensorRt;

/// <summary>Where TensorRT keeps what it has built for a model.</summary>
/// <param name="EnginePath">The directory of the model's engines.</param>
/// <param name="TimingPath">The directory of measured kernels, for all models on one kind of GPU.</param>
internal sealed record EnginePlace(string EnginePath, string TimingPath)
{
    /// <summary>Whether nothing has been built yet.</summary>
    public bool IsEmpty => !Directory.EnumerateFileSystemEntries(EnginePath).Any();

    /// <summary>How many engines there are; 0 also where the disk does not say.</summary>
    public int EngineCount
    {
        get
        {
            try
            {
                return Directory.EnumerateFiles(EnginePath, "*.engine").Count();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return 0;
            }
        }
    }

    // Written last: engines of a build that was ended early are none that a model can be served with at once.
    private string CompletePath => Path.Combine(EnginePath, "complete");

    /// <summary>Finds for which shapes everything has been built; null = not everything has.</summary>
    public OptimizationProfile? FindComplete()
    {
        try
        {
            return File.ReadAllLines(CompletePath) is [var min, var opt, var max] ? new OptimizationProfile(min, opt, max) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Notes that everything has been built.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void MarkComplete(OptimizationProfile profile)
    {
        var path = $"{CompletePath}.{Environment.ProcessId}";
        File.WriteAllLines(path, [profile.Min, profile.Opt, profile.Max]);
        File.Move(path, CompletePath, overwrite: true);
    }
}
