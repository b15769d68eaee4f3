using System.Globalization;

namespace Camshaft.Engine.Plugins;

/// <summary>Tells whether a folder has changed: names, sizes and times of all its files.</summary>
internal static class FolderFingerprint
{
    /// <returns>Null when the folder cannot be read now, as while it is being moved.</returns>
    public static string? Compute(string folder)
    {
        try
        {
            return string.Join('\n', new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .OrderBy(static file => file.FullName, StringComparer.Ordinal)
                .Select(static file => string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
