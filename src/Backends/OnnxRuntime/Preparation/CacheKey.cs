using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>Names what a prepared model depends on: two models with one key are the same prepared model.</summary>
/// <param name="Text">The key: a name for a directory.</param>
/// <param name="MadeOf">What it was made of.</param>
internal sealed record CacheKey(string Text, IReadOnlyList<string> MadeOf)
{
    /// <summary>Makes the key of a model.</summary>
    /// <param name="content">The model.</param>
    /// <param name="source">What its configuration says.</param>
    /// <param name="configuration">How its session is made.</param>
    /// <param name="api">The library that prepares it.</param>
    /// <param name="runner">What runs it: the plugin, with its execution provider.</param>
    public static CacheKey Create(ModelContent content, ModelSource source, SessionConfiguration configuration, OrtApiTable api, string runner)
    {
        string[] madeOf =
        [
            string.Create(CultureInfo.InvariantCulture, $"format: {EntryManifest.CurrentFormat}"),
            $"model: {content.Hash}",
            $"onnxruntime: {api.Version}",
            $"runner: {runner}",
            $"processor: {ProcessorFeatures.Text}",
            $"optimization: {configuration.Optimization}",
            .. configuration.Entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => $"{entry.Key}: {entry.Value}"),
            .. source.ListedInputs.Order(StringComparer.Ordinal).Select(static name => $"input: {name}"),
        ];

        // Values may hold line ends; lengths keep lines apart.
        var text = string.Concat(madeOf.Select(static line => string.Create(CultureInfo.InvariantCulture, $"{line.Length}:{line}\n")));
        return new CacheKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), madeOf);
    }
}
