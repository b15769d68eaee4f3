using System.Runtime.CompilerServices;
using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// The wait for tensor memory, in which a connection reads no further: ends with the request's deadline, and when the
/// connection is to end. The receive loop waits; any thread may give up.
/// </summary>
internal sealed class MemoryWait(TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, timeProvider);
    private bool _isOver;

    /// <summary>Takes memory for a request.</summary>
    public ValueTask<InferenceStatus> ReserveAsync(InferenceRequest request, RequestDeadline deadline)
    {
        var reserved = request.ReserveAsync(_source.Token);
        return reserved.IsCompleted ? reserved : WaitAsync(reserved, request, deadline);
    }

    /// <summary>Ends the wait, and every later one at once.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                _source.Cancel();
            }
        }
    }

    /// <summary>After the receive loop.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _source.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<InferenceStatus> WaitAsync(ValueTask<InferenceStatus> reserved, InferenceRequest request, RequestDeadline deadline)
    {
        if (deadline.IsSet)
        {
            var remaining = deadline.Remaining;
            _source.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
        }

        var status = await reserved.ConfigureAwait(false);
        lock (_gate)
        {
            if (!_isOver && !_source.TryReset())
            {
                _source.Dispose();
                _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
            }
        }

        return status.Code == StatusCode.Cancelled && deadline.HasPassed ? RequestDeadline.CreateStatus(request) : status;
    }
}
