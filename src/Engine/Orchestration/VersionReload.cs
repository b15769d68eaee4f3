using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;
using Camshaft.Engine.Repository;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>Loads versions anew that have left memory, or that failed to load, from what the repository holds for them now.</summary>
internal sealed class VersionReload(ModelRepository repository, ModelLoader loader, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Makes the successor of a version, and loads it.</summary>
    /// <returns>The successor, loaded; or failed, with the time from which on a request may try once more.</returns>
    public async Task<ModelVersion> LoadAsync(ModelVersion before)
    {
        var definition = repository.Find(before.ModelName);
        var directory = definition?.Versions.FirstOrDefault(version => version.Number == before.Number);
        string? fault = null, fingerprint = before.Fingerprint;
        try
        {
            fault = definition?.Error ?? (directory is null ? "it is not in the model repository any more" : null);
            fingerprint = fault is null ? VersionFingerprint.Compute(definition!, directory!) : fingerprint;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = $"'{directory!.Path}' cannot be read: {exception.Message}";
        }

        var configuration = fault is null ? definition!.Configuration : before.Configuration;
        var version = new ModelVersion(before.ModelName, before.Number, configuration, timeProvider, logger, before.Recorder)
        {
            Fingerprint = fingerprint,
            KnownBatching = fingerprint == before.Fingerprint && before.Batching is { } batching ? (batching, before.RunCosts) : null,
        };
        if (fault is null)
        {
            await loader.LoadAsync(version, directory!, mayEvict: true, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            version.Fail(fault);
        }

        if (version.State == ModelState.Failed)
        {
            version.RetryTimestamp = timeProvider.GetTimestamp() + (long)(DemandLoader.RetryInterval.TotalSeconds * timeProvider.TimestampFrequency);
        }

        return version;
    }
}
