using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>
/// Has models loaded that requests ask for while they are on standby: one load for all who wait for a version, a bounded
/// number of them, each as long as it may. Any thread.
/// </summary>
/// <param name="load">Loads a version, given its model's name, its number, and who counts the requests that wait for it.</param>
/// <param name="waiterLimit">How many requests may wait for a version that says nothing of it itself.</param>
/// <param name="timeProvider">The clock of their timeouts.</param>
internal sealed class DemandLoader(Func<string, long, Func<int>, Task<InferenceStatus>> load, int waiterLimit, TimeProvider timeProvider)
{
    /// <summary>How long a load that failed is not tried again: a model that is broken must not keep the processors busy.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Model, long Version), Flight> _flights = [];

    /// <summary>Whether a request may have a version loaded.</summary>
    /// <param name="version">The version.</param>
    /// <param name="timestamp">The present moment, in ticks of the engine's clock.</param>
    public static bool MayLoad(ModelVersion version, long timestamp) => version.State switch
    {
        ModelState.Standby => true,
        ModelState.Failed => version.RetryTimestamp is { } retry && timestamp >= retry,
        _ => false,
    };

    /// <summary>Waits until a version is loaded.</summary>
    /// <param name="version">One that <see cref="MayLoad"/> allows.</param>
    /// <param name="timeout">How long the request may wait.</param>
    /// <param name="cancellationToken">Set when it is given up; the load goes on, for others.</param>
    /// <returns>
    /// Success: it is loaded, or need not be any more; look for it again. Else why it is not: <see cref="StatusCode.ResourceExhausted"/> when too many wait,
    /// <see cref="StatusCode.DeadlineExceeded"/>, <see cref="StatusCode.Cancelled"/>, or what the load ended with.
    /// </returns>
    public async Task<InferenceStatus> WaitAsync(ModelVersion version, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var limit = version.Configuration.Limits.QueueSize ?? waiterLimit;
        if (!TryJoin(version, limit, out var flight))
        {
            return new InferenceStatus(StatusCode.ResourceExhausted, $"{version} is being loaded on demand, and {limit} requests wait for it already.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        try
        {
            return await flight.Task.WaitAsync(timeout, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new InferenceStatus(StatusCode.DeadlineExceeded, $"{version} is being loaded on demand, which did not end in the request's time.");
        }
        catch (OperationCanceledException)
        {
            return new InferenceStatus(StatusCode.Cancelled, $"The request was cancelled while {version} was being loaded on demand.");
        }
        finally
        {
            Interlocked.Decrement(ref flight.Waiting);
        }
    }

    private bool TryJoin(ModelVersion version, int limit, out Flight flight)
    {
        lock (_gate)
        {
            var key = (version.ModelName, version.Number);
            if (!_flights.TryGetValue(key, out flight!))
            {
                _flights.Add(key, flight = new Flight());
                var begun = flight;
                begun.Task = Task.Run(() => FlyAsync(key, begun));
            }

            if (Volatile.Read(ref flight.Waiting) >= limit)
            {
                return false;
            }

            Interlocked.Increment(ref flight.Waiting);
            return true;
        }
    }

    private async Task<InferenceStatus> FlyAsync((string Model, long Version) key, Flight flight)
    {
        try
        {
            return await load(key.Model, key.Version, () => Volatile.Read(ref flight.Waiting)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return new InferenceStatus(StatusCode.Internal, $"Model '{key.Model}' version {key.Version} could not be loaded on demand: {exception.Message}");
        }
        finally
        {
            lock (_gate)
            {
                _flights.Remove(key);
            }
        }
    }

    /// <summary>A load and those who wait for it.</summary>
    private sealed class Flight
    {
        public int Waiting;

        public Task<InferenceStatus> Task { get; set; } = null!;
    }
}
