using Camshaft.Backends;

namespace Camshaft.Engine.Memory;

/// <summary>
/// How many bytes may be in use at once, and who waits for some. Those who wait are served in the order in which they
/// came, so that a large request is not overtaken for ever. Any thread; those who give bytes back leave it to
/// <paramref name="serve"/> where the waiting are served, so that a thread that yields need neither take their lock nor wake them.
/// </summary>
/// <param name="limit">How many bytes.</param>
/// <param name="waiterLimit">How many may wait.</param>
/// <param name="serve">Runs an action elsewhere; null = on the thread that gives bytes back.</param>
internal sealed class MemoryBudget(long limit, int waiterLimit, Action<Action>? serve = null)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _used;
    private volatile bool _hasWaiters;

    /// <summary>The bytes that may be in use. Less than before: what is in use beyond comes back in its time.</summary>
    public long Limit
    {
        get => Interlocked.Read(ref limit);
        set
        {
            Interlocked.Exchange(ref limit, value);
            ServeWaiters();
        }
    }

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes if they are there and nobody waits for some.</summary>
    public bool TryTake(long byteSize) => !_hasWaiters && TryAdd(byteSize);

    /// <summary>Takes bytes, waiting for them where that can help.</summary>
    /// <returns>Success: the bytes are the caller's to <see cref="Release"/>; else nothing was taken.</returns>
    public ValueTask<InferenceStatus> TakeAsync(long byteSize, CancellationToken cancellationToken)
    {
        if (TryTake(byteSize))
        {
            return default;
        }

        return byteSize > Limit ? new(TooLarge(byteSize)) : new(WaitAsync(byteSize, cancellationToken));
    }

    public void Release(long byteSize)
    {
        Interlocked.Add(ref _used, -byteSize);
        if (!_hasWaiters)
        {
            return;
        }

        if (serve is null)
        {
            ServeWaiters();
        }
        else
        {
            serve(ServeWaiters);
        }
    }

    private async Task<InferenceStatus> WaitAsync(long byteSize, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(byteSize);
        lock (_gate)
        {
            if (_waiters.Count >= waiterLimit)
            {
                return new InferenceStatus(StatusCode.ResourceExhausted, $"The memory budget for tensors ({Limit} bytes) is used up and {waiterLimit} requests wait for some already.");
            }

            waiter.Node = _waiters.AddLast(waiter);
            _hasWaiters = true;
        }

        // Bytes may have come back between the failed attempt and the moment this waiter became visible.
        ServeWaiters();
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, _) => (((MemoryBudget, Waiter))state!).Item1.GiveUp((((MemoryBudget, Waiter))state!).Item2), (this, waiter));
        return await waiter.Task.ConfigureAwait(false);
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node is null)
            {
                return;
            }

            Remove(waiter);
        }

        waiter.SetResult(new InferenceStatus(StatusCode.Cancelled, "The request was cancelled while it waited for tensor memory."));
        ServeWaiters();
    }

    private void ServeWaiters()
    {
        lock (_gate)
        {
            while (_waiters.First is { Value: var waiter })
            {
                // The limit may have become less than what was within it before.
                var status = waiter.ByteSize > Limit ? TooLarge(waiter.ByteSize) : InferenceStatus.Ok;
                if (status.IsOk && !TryAdd(waiter.ByteSize))
                {
                    return;
                }

                Remove(waiter);
                waiter.SetResult(status);
            }
        }
    }

    private InferenceStatus TooLarge(long byteSize) =>
        new(StatusCode.ResourceExhausted, $"The request's tensors take {byteSize} bytes; the memory budget for tensors is {Limit} bytes.");

    private void Remove(Waiter waiter)
    {
        _waiters.Remove(waiter.Node!);
        waiter.Node = null;
        _hasWaiters = _waiters.Count > 0;
    }

    private bool TryAdd(long byteSize)
    {
        var used = Interlocked.Read(ref _used);
        while (byteSize <= Limit - used)
        {
            var seen = Interlocked.CompareExchange(ref _used, used + byteSize, used);
            if (seen == used)
            {
                return true;
            }

            used = seen;
        }

        return false;
    }

    private sealed class Waiter(long byteSize) : TaskCompletionSource<InferenceStatus>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long ByteSize => byteSize;

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
