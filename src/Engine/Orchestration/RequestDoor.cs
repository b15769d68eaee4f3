using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Orchestration.Residency;

namespace Camshaft.Engine.Orchestration;

/// <summary>
/// Rents requests to models, and waits where a model is not in memory: for the initial loads, so that a restart costs clients time and
/// no errors, and for a load on demand. Any thread.
/// </summary>
/// <param name="models">The models.</param>
/// <param name="initialLoads">Completes when the initial loads have ended.</param>
/// <param name="demand">Loads models that are on standby.</param>
/// <param name="timeProvider">The clock of timeouts.</param>
internal sealed class RequestDoor(ModelRegistry models, Task initialLoads, DemandLoader demand, TimeProvider timeProvider)
{
    public ValueTask<RentedRequest> CreateRequestAsync(string modelName, long version, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var status = models.TryCreateRequest(modelName, version, out var request);
        return status.IsOk || !MayComeTrue(modelName, version)
            ? new(new RentedRequest(status, request))
            : WaitAndCreateAsync(modelName, version, timeout, cancellationToken);
    }

    public ValueTask<InferenceStatus> WaitForModelAsync(string modelName, long version, TimeSpan? timeout, CancellationToken cancellationToken) =>
        MayWait(modelName, version) ? WaitAsync(modelName, version, timeout, cancellationToken) : default;

    private bool MayWait(string modelName, long version) => !initialLoads.IsCompleted || models.FindOnDemand(modelName, version) is not null;

    // Also of a model that has become ready since it was found not to be.
    private bool MayComeTrue(string modelName, long version) => !initialLoads.IsCompleted || models.MayTakeRequests(modelName, version);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RentedRequest> WaitAndCreateAsync(string modelName, long version, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            var wait = await WaitAsync(modelName, version, timeout - timeProvider.GetElapsedTime(started), cancellationToken).ConfigureAwait(false);
            if (!wait.IsOk)
            {
                return new RentedRequest(wait, null);
            }

            // A model that was loaded may have left again already, where memory is that short: then once more, while there is time.
            var status = models.TryCreateRequest(modelName, version, out var request);
            if (status.IsOk || !MayComeTrue(modelName, version))
            {
                return new RentedRequest(status, request);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<InferenceStatus> WaitAsync(string modelName, long version, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        if (!initialLoads.IsCompleted && !models.TakesRequests(modelName, version))
        {
            await initialLoads.WaitAsync(Bound(timeout), timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!initialLoads.IsCompleted)
            {
                return cancellationToken.IsCancellationRequested
                    ? new InferenceStatus(StatusCode.Cancelled, $"The request was cancelled while it waited for model '{modelName}'.")
                    : new InferenceStatus(StatusCode.Unavailable, $"Model '{modelName}' is not ready: the server loads its models.");
            }
        }

        if (models.FindOnDemand(modelName, version) is not { } standby)
        {
            return InferenceStatus.Ok;
        }

        var now = timeProvider.GetTimestamp();
        if (DemandLoader.MayLoad(standby, now))
        {
            return await demand.WaitAsync(standby, Bound(timeout - timeProvider.GetElapsedTime(started, now)), cancellationToken).ConfigureAwait(false);
        }

        // Else it was replaced a moment ago by a version that serves.
        return standby.State == ModelState.Failed
            ? new InferenceStatus(StatusCode.Unavailable, $"{standby} is not ready: {standby.Reason}") { RetryAfter = timeProvider.GetElapsedTime(now, standby.RetryTimestamp ?? now) }
            : InferenceStatus.Ok;
    }

    private static TimeSpan Bound(TimeSpan? timeout) => timeout is not { } time ? Timeout.InfiniteTimeSpan : time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
