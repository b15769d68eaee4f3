namespace Camshaft.Engine.Repository;

/// <summary>
/// Reads model repositories in Triton's layout, <c>root/model/version/file</c>, with <c>model.yaml</c> beside the versions.
/// Holds nothing of what it read: every call looks at the disk again. Any thread may use it.
/// </summary>
/// <param name="directories">The roots. A model's name must be in one of them only.</param>
public sealed class ModelRepository(IReadOnlyList<string> directories)
{
    // One root given twice, perhaps once through a link, is one root.
    private readonly string[] _roots = [.. directories.Select(Path.GetFullPath).DistinctBy(ResolveOrKeep)];

    /// <summary>Says which roots cannot be read, and why. Models below them are missing from every answer.</summary>
    public IReadOnlyList<string> FindFaults() => [.. _roots.Select(FindFault).OfType<string>()];

    /// <summary>Reads every model, those that cannot be served too.</summary>
    /// <returns>One definition a name, ordered by name.</returns>
    public IReadOnlyList<ModelDefinition> Scan() => Read(static _ => true);

    /// <summary>Reads one model; null when no root has it.</summary>
    public ModelDefinition? Find(string modelName) =>
        ModelName.FindFault(modelName) is null ? Read(name => string.Equals(name, modelName, StringComparison.Ordinal)).FirstOrDefault() : null;

    private List<ModelDefinition> Read(Predicate<string> isWanted) => [.. _roots
        .SelectMany(root => ListModels(root).Where(directory => isWanted(directory.Name)).Select(directory => (Root: root, Directory: directory)))
        .GroupBy(static found => found.Directory.Name, StringComparer.Ordinal)
        .OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(static group => group.ToList())
        .Select(static found => found.Count == 1
            ? ModelDirectoryReader.Read(found[0].Root, found[0].Directory)
            : new ModelDefinition
            {
                Name = found[0].Directory.Name,
                Directory = found[0].Directory.FullName,
                Error = $"its name is in several model directories: {string.Join(", ", found.Select(static one => $"'{one.Root}'"))}",
            })];

    private static string ResolveOrKeep(string root)
    {
        try
        {
            return LinkGuard.Resolve(root);
        }
        catch (IOException)
        {
            // Links in a circle; FindFaults says so.
            return root;
        }
    }

    // Names are compared with what the directory lists: some file systems open a name in another case too.
    private static List<DirectoryInfo> ListModels(string root)
    {
        try
        {
            return [.. new DirectoryInfo(root).EnumerateDirectories().Where(static directory => !directory.Name.StartsWith('.'))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? FindFault(string root)
    {
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(root).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return File.Exists(root) ? $"The model directory '{root}' is a file." : $"The model directory '{root}' does not exist.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The model directory '{root}' cannot be read: {exception.Message}";
        }
    }
}
