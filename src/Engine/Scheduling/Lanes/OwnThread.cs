namespace Camshaft.Engine.Scheduling.Lanes;

/// <summary>Runs long work on a thread made for it, which may yield to others: its end comes back through the <see cref="CompletionThread"/>.</summary>
internal static class OwnThread
{
    /// <summary>Runs work that yields to all other threads.</summary>
    /// <param name="name">The thread's name; Linux shows its first 15 letters.</param>
    /// <param name="work">What to do; what it throws becomes the task's.</param>
    /// <param name="completions">Completes the task.</param>
    /// <returns>Completes when the work has ended; who awaits it goes on in the thread pool.</returns>
    public static Task<T> RunNicedAsync<T>(string name, Func<T> work, CompletionThread completions)
    {
        var run = new Run<T>(work, completions);
        new Thread(run.Execute) { IsBackground = true, Name = name }.Start();
        return run.Task;
    }

    /// <summary>Starts a thread that yields no more than the completion thread does, whatever the caller's does. Returns when it has started.</summary>
    public static void StartNormal(Thread thread, CompletionThread completions)
    {
        using var start = new Start(thread);
        completions.Post(start);
        start.Wait();
    }

    private sealed class Run<T>(Func<T> work, CompletionThread completions) : ICompletion
    {
        private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Task => _source.Task;

        public ICompletion? NextCompletion { get; set; }

        public void Execute()
        {
            ThreadNice.YieldFromNowOn();
            try
            {
                _result = work();
            }
            catch (Exception exception)
            {
                _failure = exception;
            }

            completions.Post(this);
        }

        public void Complete()
        {
            if (_failure is { } failure)
            {
                _source.SetException(failure);
            }
            else
            {
                _source.SetResult(_result!);
            }
        }
    }

    private sealed class Start(Thread thread) : ICompletion, IDisposable
    {
        private readonly ManualResetEventSlim _done = new(initialState: false, spinCount: 0);
        private Exception? _failure;

        public ICompletion? NextCompletion { get; set; }

        public void Complete()
        {
            try
            {
                thread.Start();
            }
            catch (Exception exception)
            {
                // The caller's, such as want of memory for its stack.
                _failure = exception;
            }

            _done.Set();
        }

        public void Wait()
        {
            _done.Wait();
            if (_failure is { } failure)
            {
                throw failure;
            }
        }

        public void Dispose() => _done.Dispose();
    }
}
