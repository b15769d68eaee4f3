namespace Camshaft.Engine.Files;

/// <summary>
/// Stands for the names, sizes and times of some files, in whatever order they were looked at: two that differ say that something has changed on
/// disk, two that are alike that nothing has, but for one case in four billion. Good within a process.
/// </summary>
internal readonly record struct DiskStamp(ulong Sum, int Count)
{
    /// <summary>The stamp of one file, or of what is as good as one.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="byteSize">Its size.</param>
    /// <param name="ticks">When it was written.</param>
    public static DiskStamp Of(ReadOnlySpan<char> directory, ReadOnlySpan<char> name, long byteSize, long ticks)
    {
        var (place, file) = (string.GetHashCode(directory), string.GetHashCode(name));
        return new DiskStamp(((ulong)(uint)HashCode.Combine(place, file, byteSize, ticks) << 32) | (uint)HashCode.Combine(ticks, byteSize, file, place), 1);
    }

    public static DiskStamp operator +(DiskStamp one, DiskStamp other) => new(unchecked(one.Sum + other.Sum), one.Count + other.Count);
}
