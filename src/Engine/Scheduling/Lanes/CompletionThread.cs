namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>
/// Hands finished work on for threads that yield to others (<see cref="ThreadNice"/>). Queued to the thread pool by such a
/// thread, work may make the pool start a worker, which inherits the nice value and serves requests with it from then on.
/// So they post it here, and this one thread, at the nice value of whoever made it, completes it in the order of posting.
/// Any thread posts; the thread ends with <see cref="Dispose"/>, when all that was posted is complete.
/// </summary>
/// <remarks>
/// Posts take no memory and no lock but to wake the thread, so that a poster which is preempted holds up no other. What can
/// wait here is bounded by what exists: an item is in the queue once.
/// </remarks>
internal sealed class CompletionThread : IDisposable
{
    private readonly object _gate = new();
    private readonly Thread _thread;

    // Newest first; taken as a whole, so that no item can come back while somebody pushes before it.
    private ICompletion? _posted;
    private volatile bool _stopping;

    public CompletionThread()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "camshaft-complete" };
        _thread.Start();
    }

    /// <summary>Queues an item; it is completed soon, once.</summary>
    /// <exception cref="ObjectDisposedException">The thread has been told to end.</exception>
    public void Post(ICompletion item)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        var before = Volatile.Read(ref _posted);
        while (true)
        {
            item.NextCompletion = before;
            var seen = Interlocked.CompareExchange(ref _posted, item, before);
            if (seen == before)
            {
                break;
            }

            before = seen;
        }

        // Whoever came second knows that the first one wakes the thread.
        if (before is null)
        {
            lock (_gate)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Runs an action there, for what happens rarely: takes some memory. It is short, never waits and never throws.</summary>
    /// <exception cref="ObjectDisposedException">The thread has been told to end.</exception>
    public void Post(Action action) => Post(new PostedAction(action));

    /// <summary>Waits until all that was posted is complete. Not from an item; nobody may post any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Work()
    {
        while (WaitForPosted())
        {
            var item = Reverse(Interlocked.Exchange(ref _posted, null));
            while (item is not null)
            {
                // Once complete it may be posted again, and its link is another's.
                var next = item.NextCompletion;
                item.NextCompletion = null;
                item.Complete();
                item = next;
            }
        }
    }

    /// <returns><see langword="false"/> when nothing is left and the thread is to end.</returns>
    private bool WaitForPosted()
    {
        if (Volatile.Read(ref _posted) is not null)
        {
            return true;
        }

        lock (_gate)
        {
            while (Volatile.Read(ref _posted) is null)
            {
                if (_stopping)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }
        }

        return true;
    }

    private static ICompletion? Reverse(ICompletion? newest)
    {
        ICompletion? oldest = null;
        while (newest is not null)
        {
            var before = newest.NextCompletion;
            newest.NextCompletion = oldest;
            oldest = newest;
            newest = before;
        }

        return oldest;
    }

    private sealed class PostedAction(Action action) : ICompletion
    {
        public ICompletion? NextCompletion { get; set; }

        public void Complete() => action();
    }
}
