using System.IO.Enumeration;
using Camshaft.Engine.Files;

namespace Camshaft.Engine.Routing;

/// <summary>
/// Tells whether what the rules are made of has changed on disk: sizes and times of the files, and which models and versions there are. Looked at
/// each second, so that a model costs memory when it is new. One thread at a time.
/// </summary>
/// <param name="filePath">The file whose rules come first; null = none.</param>
/// <param name="modelDirectories">The model directories.</param>
internal sealed class SourceStamp(string? filePath, IReadOnlyList<string> modelDirectories)
{
    private const string ModelFileName = "model.yaml";

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly FileInfo? _file = filePath is null ? null : new FileInfo(filePath);
    private readonly Dictionary<string, FileInfo>[] _modelFiles = [.. modelDirectories.Select(static _ => new Dictionary<string, FileInfo>(StringComparer.Ordinal))];

    /// <summary>Looks at the disk.</summary>
    public DiskStamp Take()
    {
        var stamp = _file is null ? default : ReadFile(_file);
        for (var i = 0; i < modelDirectories.Count; i++)
        {
            try
            {
                stamp += Take(modelDirectories[i], _modelFiles[i]);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                stamp += DiskStamp.Of(modelDirectories[i], exception.GetType().Name, 0, 0);
            }
        }

        return stamp;
    }

    private static DiskStamp Take(string root, Dictionary<string, FileInfo> modelFiles)
    {
        var known = modelFiles.GetAlternateLookup<ReadOnlySpan<char>>();
        var models = new FileSystemEnumerable<(FileInfo File, DiskStamp Stamp)>(root, Read, Everything) { ShouldIncludePredicate = static (ref entry) => entry.IsDirectory };
        var (stamp, count) = (default(DiskStamp), 0);
        foreach (var model in models)
        {
            stamp += model.Stamp + ReadFile(model.File);
            count++;
        }

        if (modelFiles.Count > count)
        {
            // Some are gone; those that are left are found again.
            modelFiles.Clear();
        }

        return stamp;

        (FileInfo File, DiskStamp Stamp) Read(ref FileSystemEntry entry)
        {
            if (!known.TryGetValue(entry.FileName, out var file))
            {
                known[entry.FileName] = file = new FileInfo(Path.Combine(entry.ToFullPath(), ModelFileName));
            }

            return (file, DiskStamp.Of(entry.Directory, entry.FileName, 0, entry.LastWriteTimeUtc.UtcTicks));
        }
    }

    private static DiskStamp ReadFile(FileInfo file)
    {
        try
        {
            file.Refresh();
            if (!file.Exists)
            {
                return default;
            }

            // A link's own time says nothing of what it leads to.
            var target = (file.Attributes & FileAttributes.ReparsePoint) != 0 ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file : file;
            return target.Exists ? DiskStamp.Of(file.FullName, target.FullName, target.Length, target.LastWriteTimeUtc.Ticks) : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return DiskStamp.Of(file.FullName, exception.GetType().Name, 0, 0);
        }
    }
}
