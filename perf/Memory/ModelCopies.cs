namespace Camshaft.MemoryBenchmark;

/// <summary>A repository of copies of a few models, so that there are many of mixed sizes.</summary>
internal static class ModelCopies
{
    /// <summary>Makes copies in turn.</summary>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> Create(string models, string repository, int count)
    {
        var originals = Directory.GetDirectories(models).Order(StringComparer.Ordinal).ToList();
        var names = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var original = originals[i % originals.Count];
            var name = $"{Path.GetFileName(original)}-{i:00}";
            Directory.CreateDirectory(Path.Combine(repository, name, "1"));
            foreach (var file in Directory.GetFiles(Path.Combine(original, "1")))
            {
                File.Copy(file, Path.Combine(repository, name, "1", Path.GetFileName(file)));
            }

            names.Add(name);
        }

        return names;
    }
}
