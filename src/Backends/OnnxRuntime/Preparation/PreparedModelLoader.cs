using System.Diagnostics;
using System.Globalization;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// Loads models through the cache: from their prepared form where there is one, else by preparing them first. What goes wrong on
/// that way costs a line in the log and nothing else: the model is then loaded as it is.
/// </summary>
internal sealed class PreparedModelLoader(OrtEnvironment environment, SessionLoader sessions, ModelHashes hashes, ModelCache cache, EntryVerifier verifier, string runner, IBackendLog log)
{
    // A look, a model prepared because nothing was there, and one more look when somebody else was faster or the entry was bad.
    private const int MaxAttempts = 3;

    // Entries that say themselves how files are saved or found.
    private static readonly string[] ForeignEntries = ["session.optimized_model", "session.save_", "session.load_model_format", "session.model_external", "session.use_ort_model", "session.use_memory_mapped"];

    private readonly ModelPreparer _preparer = new(environment, sessions);
    private int _failures;

    /// <summary>Loads a model.</summary>
    /// <exception cref="BackendException">The model cannot be loaded as it is either.</exception>
    public OnnxRuntimeModel Load(ModelLoad load, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        if (CanBePrepared(load))
        {
            try
            {
                if (TryLoadPrepared(load, null, cancellationToken) is { } prepared)
                {
                    return prepared;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or BackendException)
            {
                failure = exception;
            }
        }

        using var options = load.CreateOptions(load.Configuration);
        var model = sessions.Load(load.Source, load.Configuration, options, cancellationToken);
        if (failure is not null)
        {
            // A full disk concerns every model, and one warning is enough.
            var level = Interlocked.Increment(ref _failures) == 1 ? BackendLogLevel.Warning : BackendLogLevel.Information;
            log.Write(level, $"{load.Source}: it is served as it is, since it could not be prepared for faster loads: {failure.Message.Replace($"{load.Source}: ", "", StringComparison.Ordinal)}");
        }

        return model;
    }

    private static bool CanBePrepared(ModelLoad load) =>
        File.Exists(load.Source.FilePath) && !load.Configuration.Entries.Keys.Any(static key => ForeignEntries.Any(foreign => key.StartsWith(foreign, StringComparison.Ordinal)));

    /// <returns>Null when others were in the way each time, or when the model's files have changed and the key is not the wanted one any more.</returns>
    private OnnxRuntimeModel? TryLoadPrepared(ModelLoad load, string? wantedKey, CancellationToken cancellationToken)
    {
        var content = hashes.Find(load.Source.FilePath, cancellationToken);
        var key = CacheKey.Create(content, load.Source, load.Configuration, environment.Api, runner);
        for (var attempt = 0; attempt < MaxAttempts && (wantedKey ?? key.Text) == key.Text; attempt++)
        {
            var model = cache.Find(key, out var entry) switch
            {
                ModelCache.Found.Entry => TryLoadEntry(load, entry!, cancellationToken),
                ModelCache.Found.Nothing => TryPrepare(load, content, key, cancellationToken),
                _ => throw new InvalidDataException($"a newer version has prepared it as '{key.Text}'"),
            };
            if (model is not null)
            {
                return model;
            }
        }

        return null;
    }

    private OnnxRuntimeModel? TryLoadEntry(ModelLoad load, CacheEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var model = LoadFrom(load, entry, cancellationToken);
            Report(load.Source, "loaded from the model cache", entry, Stopwatch.GetElapsedTime(started));
            verifier.Enqueue(entry, (file, stop) => Repair(load, model, entry, file, stop));
            return model;
        }
        catch (BackendException exception)
        {
            cache.Discard(entry.Path, $"cannot be loaded: {exception.Message}");
            return null;
        }
    }

    private OnnxRuntimeModel? TryPrepare(ModelLoad load, ModelContent content, CacheKey key, CancellationToken cancellationToken)
    {
        cache.CheckRoom(content.Files.Sum(static file => file.Identity.ByteSize));
        using var draft = cache.CreateDraft();
        EntryManifest manifest;
        ModelSignature signature;
        using (var options = load.CreateOptions(load.Configuration))
        {
            manifest = _preparer.Prepare(load.Source, content, key, options, draft.Path, out signature, cancellationToken);
        }

        // Loaded before anyone else can find it: what ONNX Runtime cannot read back is no entry.
        var entry = new CacheEntry(draft.Path, manifest);
        var started = Stopwatch.GetTimestamp();
        var model = LoadFrom(load, entry, cancellationToken);
        var isKept = false;
        try
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            CheckSame(signature.Inputs, model.Signature.Inputs);
            CheckSame(signature.Outputs, model.Signature.Outputs);
            if (OperatingSystem.IsWindows())
            {
                // Windows renames no directory with a mapped file in it: the next look finds the entry and maps it again.
                model.Dispose();
            }

            // Where another server was faster the next look finds its files, so that weights are shared.
            if (cache.TryPublish(draft, key, manifest))
            {
                Report(load.Source, "prepared", entry, elapsed);
                isKept = !OperatingSystem.IsWindows();
            }

            return isKept ? model : null;
        }
        finally
        {
            if (!isKept)
            {
                model.Dispose();
            }
        }
    }

    private OnnxRuntimeModel LoadFrom(ModelLoad load, CacheEntry entry, CancellationToken cancellationToken)
    {
        using var options = load.CreateOptions(load.Configuration with { Optimization = GraphOptimization.None });

        // What there is to be warned of was said when it was prepared.
        options.LogErrorsOnly();
        return sessions.Load(load.Source, entry.ModelPath, entry.Files, load.Configuration, options, cancellationToken);
    }

    // On the verifier's thread.
    private void Repair(ModelLoad load, OnnxRuntimeModel model, CacheEntry entry, string damagedFile, CancellationToken cancellationToken)
    {
        cache.Discard(entry.Path, $"is damaged: '{damagedFile}' is not what was written");
        if (model.Session.IsClosed)
        {
            return;
        }

        // Threads that a session made here would go behind all others for as long as the model lives.
        if (load.Configuration.IntraOpThreads == 1 && TryLoadPrepared(load, entry.Manifest.Key, cancellationToken) is { } repaired)
        {
            if (!model.TryTakeSession(repaired))
            {
                repaired.Dispose();
            }

            log.Write(BackendLogLevel.Error, $"{load.Source}: its prepared form was damaged, so what it has answered since it was loaded may be wrong; from now on it runs on a new one.");
            return;
        }

        log.Write(BackendLogLevel.Error, $"{load.Source}: its prepared form is damaged, so what it answers may be wrong; load it again.");
    }

    private static void CheckSame(IReadOnlyList<TensorSpec> before, IReadOnlyList<TensorSpec> after)
    {
        string was = Describe(before), now = Describe(after);
        if (was != now)
        {
            throw new InvalidDataException($"prepared it has {now} in place of {was}");
        }

        static string Describe(IReadOnlyList<TensorSpec> tensors) => string.Join(", ", tensors.Select(static tensor => $"'{tensor.Name}' {tensor.DataType.Name} {tensor.Shape}"));
    }

    private void Report(ModelSource source, string what, CacheEntry entry, TimeSpan elapsed)
    {
        var stripped = entry.Manifest.StrippedCount > 0 ? $"; {entry.Manifest.StrippedCount} initialisers that are also inputs are constants now" : "";
        log.Write(
            BackendLogLevel.Information,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{source}: {what}: a load takes {elapsed.TotalMilliseconds:F1} ms in place of {entry.Manifest.PrepareMilliseconds:F1} ms for optimising and saving, {entry.Files.MappedByteSize / 1e6:F1} MB of weights are mapped from disk{stripped}."));
    }
}
