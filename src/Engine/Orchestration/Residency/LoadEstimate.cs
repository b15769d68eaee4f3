using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>What a version is taken to need before it was ever in memory: about its weights, and those are most of its files.</summary>
internal static class LoadEstimate
{
    /// <summary>The size of a version's files; 0 when they cannot be read, for then the load will say why.</summary>
    public static long FromFiles(VersionDirectory version)
    {
        try
        {
            return new DirectoryInfo(version.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
