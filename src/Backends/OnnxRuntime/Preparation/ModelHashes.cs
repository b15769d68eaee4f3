using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// Remembers the hashes of models, one small file for each model file, so that a model is read whole only when one of its files
/// has another inode, size or time than before. Any thread, several processes.
/// </summary>
internal sealed class ModelHashes(CacheDirectory directory)
{
    // One for each model file that was ever loaded; what is forgotten is computed again.
    private const int MaxCount = 1000;

    /// <summary>Finds a model's content, from memory where nothing has changed.</summary>
    /// <exception cref="IOException">A file is missing, or changes meanwhile.</exception>
    /// <exception cref="InvalidDataException">It is no model.</exception>
    public ModelContent Find(string modelPath, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory.Hashes, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(modelPath))))[..32] + ".json");
        if (TryRecall(path) is { } known && known.IsCurrent(modelPath))
        {
            return known;
        }

        var content = ModelContent.Read(modelPath, cancellationToken);
        if (content.Files.All(static part => part.Identity.IsSettled))
        {
            Remember(path, content);
        }

        return content;
    }

    private static ModelContent? TryRecall(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CacheJson.Default.ModelContent) is { Hash: not null, Files: not null } content ? content : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or JsonException)
        {
            // Never seen, or written by a server of another version: as if never seen.
            return null;
        }
    }

    private void Remember(string path, ModelContent content)
    {
        var temporary = directory.NewTemporaryPath();
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(content, CacheJson.Default.ModelContent));
        File.Move(temporary, path, overwrite: true);
        var all = new DirectoryInfo(directory.Hashes).GetFiles();
        foreach (var file in all.OrderByDescending(static file => file.LastWriteTimeUtc).Skip(MaxCount))
        {
            file.Delete();
        }
    }
}
