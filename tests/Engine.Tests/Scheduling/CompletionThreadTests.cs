using Camshaft.Engine.Scheduling.Lanes;
using Camshaft.Testing;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class CompletionThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Items_complete_in_the_order_of_posting()
    {
        var order = new List<int>();
        using (var thread = new CompletionThread())
        {
            for (var i = 0; i < 1000; i++)
            {
                var number = i;
                thread.Post(new Item(() => order.Add(number)));
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000), order);
    }

    [Fact]
    public void What_many_threads_post_completes_once_each_and_on_one_thread()
    {
        const int Posters = 4;
        const int Each = 20_000;
        var counts = new int[Posters];
        var threads = new HashSet<int>();
        using (var thread = new CompletionThread())
        {
            var posters = Enumerable.Range(0, Posters).Select(poster => new Thread(() =>
            {
                for (var i = 0; i < Each; i++)
                {
                    thread.Post(new Item(() =>
                    {
                        counts[poster]++;
                        threads.Add(Environment.CurrentManagedThreadId);
                    }));
                }
            })).ToList();
            posters.ForEach(static poster => poster.Start());
            posters.ForEach(static poster => poster.Join());
        }

        Assert.All(counts, static count => Assert.Equal(Each, count));
        Assert.Single(threads);
    }

    [Fact]
    public async Task An_item_may_be_posted_again_while_it_completes()
    {
        var rounds = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var thread = new CompletionThread();
        Item? item = null;
        item = new Item(() =>
        {
            if (++rounds < 100)
            {
                thread.Post(item!);
            }
            else
            {
                done.SetResult();
            }
        });

        thread.Post(item);

        await done.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(100, rounds);
    }

    [Fact]
    public void An_item_may_not_be_posted_after_the_end()
    {
        var thread = new CompletionThread();
        thread.Dispose();

        Assert.Throws<ObjectDisposedException>(() => thread.Post(new Item(static () => { })));
    }

    [Fact]
    public void A_post_takes_no_managed_memory()
    {
        using var completed = new AutoResetEvent(false);
        using var thread = new CompletionThread();
        var item = new Item(() => completed.Set());

        AllocationAssert.NoneWhenWarm(() =>
        {
            thread.Post(item);
            Assert.True(completed.WaitOne(Patience));
        });
    }

    [Fact]
    public async Task Work_on_a_thread_that_yields_is_awaited_by_one_that_does_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Nice values of threads are Linux's.");
        using var completions = new CompletionThread();
        var own = ProcessThreads.OwnNice;

        var worked = await OwnThread.RunNicedAsync("test-nice", static () => ProcessThreads.OwnNice, completions).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(Math.Max(own, ThreadNice.Background), worked);
        Assert.Equal(own, ProcessThreads.OwnNice);
        var completing = ProcessThreads.List().Where(static thread => thread.Name == "camshaft-comple").ToList();
        Assert.NotEmpty(completing);
        Assert.All(completing, thread => Assert.Equal(own, thread.Nice));
    }

    [Fact]
    public async Task A_thread_that_is_to_help_runs_yields_to_none_although_a_niced_one_starts_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Nice values of threads are Linux's.");
        using var completions = new CompletionThread();

        var (starter, started) = await OwnThread.RunNicedAsync("test-nice", () =>
        {
            var nice = 0;
            var thread = new Thread(() => nice = ProcessThreads.OwnNice);
            OwnThread.StartNormal(thread, completions);
            thread.Join();
            return (ProcessThreads.OwnNice, nice);
        }, completions).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.True(starter > started, $"{starter}, {started}");
        Assert.Equal(ProcessThreads.OwnNice, started);
    }

    [Fact]
    public async Task What_the_work_throws_is_the_tasks()
    {
        using var completions = new CompletionThread();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => OwnThread.RunNicedAsync<int>("test-nice", static () => throw new InvalidOperationException("no"), completions));

        Assert.Equal("no", failure.Message);
    }

    private sealed class Item(Action complete) : ICompletion
    {
        public ICompletion? NextCompletion { get; set; }

        public void Complete() => complete();
    }
}
