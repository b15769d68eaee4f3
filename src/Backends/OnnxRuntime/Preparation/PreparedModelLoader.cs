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
    /// <param name="source">The model.</param>
    /// <param name="configuration">How its session is to be made.</param>
    /// <param name="createOptions">Makes options for a session; the caller disposes them.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BackendException">The model cannot be loaded as it is either.</exception>
    public OnnxRuntimeModel Load(ModelSource source, SessionConfiguration configuration, Func<SessionConfiguration, OrtSessionOptions> createOptions, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        if (File.Exists(source.FilePath) && !configuration.Entries.Keys.Any(static key => ForeignEntries.Any(foreign => key.StartsWith(foreign, StringComparison.Ordinal))))
        {
            try
            {
                if (TryLoadPrepared(source, configuration, createOptions, null, cancellationToken) is { } prepared)
                {
                    return prepared;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or BackendException)
            {
                failure = exception;
            }
        }

        using var options = createOptions(configuration);
        var model = sessions.Load(source, configuration, options, cancellationToken);
        if (failure is not null)
        {
            // A full disk concerns every model, and one warning is enough.
            var level = Interlocked.Increment(ref _failures) == 1 ? BackendLogLevel.Warning : BackendLogLevel.Information;
            log.Write(level, $"{source}: it is served as it is, since it could not be prepared for faster loads: {failure.Message.Replace($"{source}: ", "", StringComparison.Ordinal)}");
        }

        return model;
    }

    /// <returns>Null when it cannot be prepared, or when its files have changed and the key is not the wanted one any more.</returns>
    private OnnxRuntimeModel? TryLoadPrepared(
        ModelSource source, SessionConfiguration configuration, Func<SessionConfiguration, OrtSessionOptions> createOptions, string? wantedKey, CancellationToken cancellationToken)
    {
        var content = hashes.Find(source.FilePath, cancellationToken);
        var key = CacheKey.Create(content, source, configuration, environment.Api, runner);
        for (var attempt = 0; attempt < MaxAttempts && (wantedKey ?? key.Text) == key.Text; attempt++)
        {
            var model = cache.Find(key, out var entry) switch
            {
                ModelCache.Found.Entry => TryLoadEntry(source, configuration, createOptions, entry!, cancellationToken),
                ModelCache.Found.Nothing => TryPrepare(source, configuration, createOptions, content, key, cancellationToken),
                _ => throw new InvalidDataException($"a newer version has prepared it as '{key.Text}'"),
            };
            if (model is not null)
            {
                return model;
            }
        }

        return null;
    }

    private OnnxRuntimeModel? TryLoadEntry(ModelSource source, SessionConfiguration configuration, Func<SessionConfiguration, OrtSessionOptions> createOptions, CacheEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var model = LoadFrom(source, configuration, createOptions, entry, cancellationToken);
            Report(source, "loaded from the model cache", entry, Stopwatch.GetElapsedTime(started));
            verifier.Enqueue(entry, file => Repair(source, configuration, createOptions, model, entry, file));
            return model;
        }
        catch (BackendException exception)
        {
            cache.Discard(entry.Path, $"cannot be loaded: {exception.Message}");
            return null;
        }
    }

    // On the verifier's thread.
    private void Repair(ModelSource source, SessionConfiguration configuration, Func<SessionConfiguration, OrtSessionOptions> createOptions, OnnxRuntimeModel model, CacheEntry entry, string damagedFile)
    {
        cache.Discard(entry.Path, $"is damaged: '{damagedFile}' is not what was written");
        if (model.Session.IsClosed)
        {
            return;
        }

        // Threads that a session made here would go behind all others for as long as the model lives.
        if (configuration.IntraOpThreads == 1 && TryLoadPrepared(source, configuration, createOptions, entry.Manifest.Key, CancellationToken.None) is { } repaired)
        {
            if (!model.TryTakeSession(repaired))
            {
                repaired.Dispose();
            }

            log.Write(BackendLogLevel.Error, $"{source}: its prepared form was damaged, so what it has answered since it was loaded may be wrong; from now on it runs on a new one.");
            return;
        }

        log.Write(BackendLogLevel.Error, $"{source}: its prepared form is damaged, so what it answers may be wrong; load it again.");
    }

    private OnnxRuntimeModel? TryPrepare(
        ModelSource source, SessionConfiguration configuration, Func<SessionConfiguration, OrtSessionOptions> createOptions, ModelContent content, CacheKey key, CancellationToken cancellationToken)
    {
        using var draft = cache.CreateDraft();
        EntryManifest manifest;
        ModelSignature signature;
        using (var options = createOptions(configuration))
        {
            manifest = _preparer.Prepare(source, content, key, options, draft.Path, out signature, cancellationToken);
        }

        // Loaded before anyone else can find it: what ONNX Runtime cannot read back is no entry.
        var entry = new CacheEntry(draft.Path, manifest);
        var started = Stopwatch.GetTimestamp();
        var model = LoadFrom(source, configuration, createOptions, entry, cancellationToken);
        try
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            CheckSame(signature.Inputs, model.Signature.Inputs);
            CheckSame(signature.Outputs, model.Signature.Outputs);
            if (cache.TryPublish(draft, key, manifest))
            {
                Report(source, "prepared", entry, elapsed);
                return model;
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }

        // Another server has prepared it meanwhile; with its files the weights are shared.
        model.Dispose();
        return null;
    }

    private OnnxRuntimeModel LoadFrom(ModelSource source, SessionConfiguration configuration, Func<SessionConfiguration, OrtSessionOptions> createOptions, CacheEntry entry, CancellationToken cancellationToken)
    {
        using var options = createOptions(configuration with { Optimization = GraphOptimization.None });

        // What there is to be warned of was said when it was prepared.
        options.LogErrorsOnly();
        return sessions.Load(source, entry.ModelPath, entry.Files, configuration, options, cancellationToken);
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
