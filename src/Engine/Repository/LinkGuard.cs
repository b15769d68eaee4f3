namespace Camshaft.Engine.Repository;

/// <summary>
/// Keeps symbolic links inside a root: whoever may write into a model's directory must not make the server read other
/// files through it. A link that stays inside is fine; volumes of Kubernetes consist of them.
/// </summary>
internal sealed class LinkGuard
{
    // Linux gives up after as many (path_resolution(7)).
    private const int MaxLinks = 40;

    // A model is a handful of files; what has more is no model, and looking at it all would not end.
    private const int MaxEntries = 100_000;

    private readonly string _root;

    /// <summary>Takes the root as it is named; it may itself be reached through links.</summary>
    public LinkGuard(string root) => _root = Resolve(root);

    /// <summary>Says which link in a directory, or on the way to it, is refused, and why; null when none is.</summary>
    public string? FindFault(string directory)
    {
        var visited = 0;
        return CheckEntry(new DirectoryInfo(directory)) ?? CheckContent(new DirectoryInfo(directory), ref visited);
    }

    /// <summary>The path without any link in it, like <c>realpath</c>; missing parts stay as they are.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var links = 0;
        var resolved = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Split(full[resolved.Length..]));
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
                continue;
            }

            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"The links of '{path}' lead in a circle.");
            }

            if (Path.IsPathRooted(target))
            {
                resolved = Path.GetPathRoot(target)!;
                target = target[resolved.Length..];
            }

            foreach (var step in Split(target))
            {
                rest.Push(step);
            }
        }

        return resolved;
    }

    private static IEnumerable<string> Split(string relativePath) =>
        relativePath.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
            .Where(static part => part != ".").Reverse();

    private string? CheckContent(DirectoryInfo directory, ref int visited)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (++visited > MaxEntries)
            {
                return $"'{directory.FullName}' and what is below it hold more than {MaxEntries} entries";
            }

            if (CheckEntry(entry) is { } fault)
            {
                return fault;
            }

            if (entry is DirectoryInfo inner && CheckContent(inner, ref visited) is { } innerFault)
            {
                return innerFault;
            }
        }

        return null;
    }

    private string? CheckEntry(FileSystemInfo entry)
    {
        if (entry.LinkTarget is not { } target)
        {
            return null;
        }

        var resolved = Resolve(entry.FullName);
        if (!IsBelow(resolved, _root))
        {
            return $"'{entry.FullName}' is a link to '{target}', which lies outside the model repository";
        }

        // A directory that holds itself has no end.
        return entry is DirectoryInfo && IsBelow(Resolve(Path.GetDirectoryName(entry.FullName)!), resolved)
            ? $"'{entry.FullName}' is a link to '{target}', which holds the link itself"
            : null;
    }

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory, StringComparison.Ordinal)
        && (path.Length == directory.Length || Path.EndsInDirectorySeparator(directory) || path[directory.Length] == Path.DirectorySeparatorChar);
}
