using Camshaft.Backends;
using Camshaft.Engine;
using Camshaft.Engine.Models;
using Camshaft.Engine.Models.Configuration;
using Camshaft.Engine.Repository;

namespace Camshaft.Server.CommandLine.Models;

/// <summary>
/// Looks at a version that needs a GPU on a machine without one: loads it on the processors where its backend runs there too, since what
/// is wrong with its file, its parameters or its tensors shows there as well; else has its backend look at it.
/// </summary>
internal static class GpuLessLook
{
    /// <summary>Looks at a version.</summary>
    /// <param name="engine">The engine that has the backends, and could not load it for want of a device.</param>
    /// <param name="version">The version.</param>
    /// <param name="directory">Its files.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>That it is untried, or that it is wrong; without the notes of its repository.</returns>
    public static CheckFinding Look(InferenceEngine engine, ModelVersion version, VersionDirectory directory, CancellationToken cancellationToken)
    {
        var configuration = version.Configuration;
        var candidates = engine.Plugins.Backends
            .Where(backend => configuration.Backend is { } name ? backend.Name == name : !backend.RunsOnlyWhenNamed)
            .SelectMany(backend => (configuration.FileName is { } name ? [name] : backend.ModelFileNames).Select(name => (Backend: backend, File: Path.Combine(directory.Path, name))))
            .Where(static candidate => Path.Exists(candidate.File))
            .OrderByDescending(static candidate => candidate.Backend.DeviceKinds.Contains(DeviceKind.Cpu))
            .ToList();
        if (candidates is not [var (backend, file), ..])
        {
            return Untried(version, $"its file was not looked at, since backend '{configuration.Backend}' is loaded only beside a GPU");
        }

        try
        {
            var source = Describe(version, file);
            return backend.DeviceKinds.Contains(DeviceKind.Cpu) ? Load(engine, version, backend, source, cancellationToken) : Inspect(version, backend, source);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A plugin may throw anything; whatever it is, it is this version's.
            return new CheckFinding(version.ModelName, version.Number, CheckOutcome.Failed, [exception.Message]);
        }
    }

    private static CheckFinding Load(InferenceEngine engine, ModelVersion version, IBackend backend, ModelSource source, CancellationToken cancellationToken)
    {
        try
        {
            using var model = backend.Load(source, engine.Devices.First(static device => device.Kind == DeviceKind.Cpu), cancellationToken);
            return SignatureCheck.Compare(version.Configuration, model.Signature) is { } disagreement
                ? new CheckFinding(version.ModelName, version.Number, CheckOutcome.Failed, [$"model.yaml disagrees with the model file: {disagreement}"])
                : Untried(version, "it loads on the processors", model.Signature);
        }
        catch (BackendException exception) when (exception.Code == StatusCode.Unsupported)
        {
            return Untried(version, $"the processors cannot run it, which says nothing of a GPU: {exception.Message}");
        }
    }

    // The engine has compared the signature already.
    private static CheckFinding Inspect(ModelVersion version, IBackend backend, ModelSource source) => backend.Inspect(source) is { } signature
        ? Untried(version, "what can be seen of it without one is right", signature)
        : Untried(version, $"backend '{backend.Name}' cannot look at it without one");

    private static CheckFinding Untried(ModelVersion version, string seen, ModelSignature? signature = null) => new(
        version.ModelName, version.Number, CheckOutcome.Untried, [$"it needs a GPU, and this machine has none ('device: {version.Configuration.Device}'); {seen}"])
    {
        Inputs = CheckFinding.Describe(signature?.Inputs),
        Outputs = CheckFinding.Describe(signature?.Outputs),
    };

    private static ModelSource Describe(ModelVersion version, string file)
    {
        ModelConfiguration configuration = version.Configuration;
        return new ModelSource
        {
            ModelName = version.ModelName,
            Version = version.Number,
            FilePath = file,
            Parameters = configuration.Parameters,
            MaxBatchSize = configuration.Batching.MaxBatchSize,
            ThreadsPerRun = configuration.Limits.Threads,
            ListedInputs = [.. configuration.Inputs.Select(static input => input.Name)],
        };
    }
}
