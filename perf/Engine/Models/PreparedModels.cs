namespace Camshaft.EngineBenchmark.Models;

/// <summary>The prepared forms of models as the engine keeps them, for sessions without it.</summary>
internal static class PreparedModels
{
    /// <summary>Has each model prepared into a cache of its own.</summary>
    /// <returns>The prepared files by model.</returns>
    public static async Task<Dictionary<string, string>> PrepareAsync(Workbench workbench, IEnumerable<string> models)
    {
        var files = new Dictionary<string, string>();
        foreach (var model in models)
        {
            var repository = workbench.CreateRepository("prepare");
            repository.Add(model);
            var cache = workbench.CreateDirectory("prepared");
            await using (await workbench.StartEngineAsync(repository, cacheDirectory: cache).ConfigureAwait(false))
            {
                files[model] = Directory.EnumerateFiles(cache, "*.onnx", SearchOption.AllDirectories).Single();
            }
        }

        return files;
    }
}
