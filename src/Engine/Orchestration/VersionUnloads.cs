using System.Collections.Concurrent;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;
using Microsoft.Extensions.Logging;

namespace Camshaft.Engine.Orchestration;

/// <summary>Takes versions out of service: their requests in flight finish, then their memory is freed, beside whoever asked for it. Any thread.</summary>
internal sealed partial class VersionUnloads(ModelResidency residency, TimeProvider timeProvider, ILogger logger)
{
    private readonly ConcurrentDictionary<ModelVersion, TaskCompletionSource> _running = new();

    /// <summary>Has versions drain, and then unloads them.</summary>
    public void Retire(IEnumerable<ModelVersion> versions)
    {
        foreach (var version in versions.Where(static version => version.State is not ModelState.Unloaded))
        {
            version.BeginDraining();
            Begin(version);
        }
    }

    /// <summary>Unloads a version that drains, unless that has begun.</summary>
    public void Begin(ModelVersion version)
    {
        // Whoever enters it unloads it: two who freed it side by side would free its memory twice.
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd(version, ended))
        {
            _ = UnloadAsync(version, ended);
        }
    }

    /// <summary>Waits for everything that is being unloaded, and ends the requests that outlast the timeout.</summary>
    /// <param name="timeout">How long requests may go on.</param>
    /// <param name="abandonTimeout">How long a run may go on after everybody has stopped waiting for it.</param>
    /// <param name="cancellationToken">Ends the timeout early.</param>
    public async Task WaitAsync(TimeSpan timeout, TimeSpan abandonTimeout, CancellationToken cancellationToken)
    {
        var all = Task.WhenAll(_running.Values.Select(static ended => ended.Task));
        try
        {
            await all.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Log.DrainEnded(logger);
            foreach (var version in _running.Keys)
            {
                version.CancelRequests();
            }

            await WaitForRunsAsync(all, abandonTimeout + abandonTimeout).ConfigureAwait(false);
        }
    }

    // Cancelled runs end soon; those that do not are given up, and what holds them is left to the end of the process.
    private async Task WaitForRunsAsync(Task all, TimeSpan timeout)
    {
        try
        {
            await all.WaitAsync(timeout, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var version in _running.Keys)
            {
                Log.StillRunning(logger, version.ModelName, version.Number);
            }
        }
    }

    private async Task UnloadAsync(ModelVersion version, TaskCompletionSource ended)
    {
        // The caller may be a request's thread, and freeing a model takes its time.
        await Task.Yield();
        try
        {
            await version.UnloadAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.UnloadFailed(logger, version.ModelName, version.Number, exception);
        }

        residency.Release(version);
        _running.TryRemove(version, out _);
        ended.SetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(303, LogLevel.Warning, "Requests are still in flight after the time given to them; they are ended now.")]
        public static partial void DrainEnded(ILogger logger);

        [LoggerMessage(304, LogLevel.Error, "Model '{Model}' version {Version} could not be unloaded cleanly.")]
        public static partial void UnloadFailed(ILogger logger, string model, long version, Exception exception);

        [LoggerMessage(306, LogLevel.Error, "Model '{Model}' version {Version} cannot be unloaded: it is still in use.")]
        public static partial void StillRunning(ILogger logger, string model, long version);
    }
}
