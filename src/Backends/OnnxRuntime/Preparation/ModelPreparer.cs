using System.Diagnostics;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// Makes a prepared model of a model: initialisers that are inputs too become constants, ONNX Runtime optimises the graph, and
/// what comes out is saved with its weights in a file of their own, which a load maps instead of copying.
/// </summary>
internal sealed class ModelPreparer(OrtEnvironment environment, SessionLoader sessions)
{
    private const string ModelFileName = "model.onnx";
    private const string WeightsFileName = "model.onnx.data";

    /// <summary>Prepares a model.</summary>
    /// <param name="source">The model.</param>
    /// <param name="content">The model as it was when its key was made.</param>
    /// <param name="key">The key.</param>
    /// <param name="options">The options of its session, which become those of saving it.</param>
    /// <param name="directory">An empty directory.</param>
    /// <param name="signature">The model's signature before it was saved.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BackendException">ONNX Runtime cannot load it, or cannot save it.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or the model has changed meanwhile.</exception>
    public EntryManifest Prepare(ModelSource source, ModelContent content, CacheKey key, OrtSessionOptions options, string directory, out ModelSignature signature, CancellationToken cancellationToken)
    {
        TimeSpan elapsed;
        var structure = OnnxStructureReader.Read(source.FilePath);
        var stripped = structure.FindInitializedInputs(source.ListedInputs);
        options.SaveOptimized(Path.Combine(directory, ModelFileName), WeightsFileName);
        var started = Stopwatch.GetTimestamp();
        using (var session = CreateSession(source, structure, stripped, options, cancellationToken))
        {
            elapsed = Stopwatch.GetElapsedTime(started);
            signature = new SignatureReader(environment, session, source).Read();
        }

        MemoryTrimmer.Trim();
        if (!content.IsCurrent(source.FilePath))
        {
            throw new IOException($"'{source.FilePath}' was changed while it was prepared");
        }

        // The weights' file is missing when there are none of any size.
        string[] names = File.Exists(Path.Combine(directory, WeightsFileName)) ? [ModelFileName, WeightsFileName] : [ModelFileName];
        return new EntryManifest
        {
            Format = EntryManifest.CurrentFormat,
            Key = key.Text,
            MadeOf = key.MadeOf,
            Files = [.. names.Select(name => Describe(directory, name, cancellationToken))],
            StrippedCount = stripped.Count,
            PrepareMilliseconds = elapsed.TotalMilliseconds,
        };
    }

    private OrtHandle CreateSession(ModelSource source, OnnxStructure structure, IReadOnlyList<ProtobufField> stripped, OrtSessionOptions options, CancellationToken cancellationToken)
    {
        if (stripped.Count == 0)
        {
            return sessions.CreateSession(source, source.FilePath, options, cancellationToken);
        }

        // What the inputs alone kept in the model is removed with a warning each.
        options.LogErrorsOnly();
        options.FindWeightsIn(Path.GetDirectoryName(source.FilePath)!);
        using var model = StrippedModel.Read(source.FilePath, structure, stripped);
        return sessions.CreateSession(source, model, options, cancellationToken);
    }

    private static EntryManifest.EntryFile Describe(string directory, string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, name);
        return new EntryManifest.EntryFile(name, new FileInfo(path).Length, FileHash.Compute(path, cancellationToken));
    }
}
