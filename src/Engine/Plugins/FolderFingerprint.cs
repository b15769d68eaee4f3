using System.IO.Enumeration;
using Camshaft.Engine.Files;

namespace Camshaft.Engine.Plugins;

/// <summary>Tells whether a folder has changed: names, sizes and times of all its files. Looked at each second, so that no file costs memory.</summary>
internal static class FolderFingerprint
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <returns>Null when the folder cannot be read now, as while it is being moved.</returns>
    public static DiskStamp? Compute(string folder)
    {
        try
        {
            var stamp = default(DiskStamp);
            foreach (var file in new FileSystemEnumerable<DiskStamp>(folder, Read, Everything) { ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory })
            {
                stamp += file;
            }

            return stamp;
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

    private static DiskStamp Read(ref FileSystemEntry entry) => DiskStamp.Of(entry.Directory, entry.FileName, entry.Length, entry.LastWriteTimeUtc.UtcTicks);
}
