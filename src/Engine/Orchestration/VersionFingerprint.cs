using System.Globalization;
using Camshaft.Engine.Repository;

namespace Camshaft.Engine.Orchestration;

/// <summary>Tells whether a version's files have changed since it was loaded: their names, sizes and times, and those of the configuration and of samples.</summary>
internal static class VersionFingerprint
{
    public static string Compute(ModelDefinition definition, VersionDirectory version)
    {
        var files = new DirectoryInfo(version.Path).EnumerateFiles("*", SearchOption.AllDirectories)
            .Concat(new DirectoryInfo(definition.Directory).EnumerateFiles())
            .Concat(new DirectoryInfo(ModelLoader.GetSampleDirectory(version)) is { Exists: true } samples ? samples.EnumerateFiles() : [])
            .OrderBy(static file => file.FullName, StringComparer.Ordinal);
        return string.Join('\n', files.Select(static file =>
            string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")));
    }
}
