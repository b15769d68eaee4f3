namespace Camshaft.Engine.Scheduling;

/// <summary>Runs long work on a thread made for it, which may yield to others: its end comes back through the <see cref="CompletionThread"/>.</summary>
internal static class OwnThread
{
    /// <summary>Runs it.</summary>
    /// <param name="name">The thread's name; Linux shows its first 15 letters.</param>
    /// <param name="work">What to do; what it throws becomes the task's.</param>
    /// <param name="completions">Completes the task.</param>
    /// <returns>Completes when the work has ended; who awaits it goes on in the thread pool.</returns>
    public static Task RunAsync(string name, Action work, CompletionThread completions)
    {
        var run = new Run(work, completions);
        new Thread(run.Execute) { IsBackground = true, Name = name }.Start();
        return run.Task;
    }

    private sealed class Run(Action work, CompletionThread completions) : ICompletion
    {
        private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;

        public Task Task => _source.Task;

        public ICompletion? NextCompletion { get; set; }

        public void Execute()
        {
            try
            {
                work();
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
                _source.SetResult();
            }
        }
    }
}
