using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Tests;

/// <summary>When a request is sent once more.</summary>
public sealed class RetryTests
{
    private static readonly AttemptEnd Refused = new(new InferenceStatus(StatusCode.Unavailable, "full") { RetryAfter = TimeSpan.FromMilliseconds(5) }, AttemptFlags.NotBegun);

    [Fact]
    public void The_budget_is_ten_retries_and_one_more_for_ten_successes()
    {
        var budget = new RetryBudget();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(budget.TryTake());
        }

        Assert.False(budget.TryTake());
        for (var i = 0; i < 9; i++)
        {
            budget.PayIn();
        }

        Assert.False(budget.TryTake());
        budget.PayIn();
        Assert.True(budget.TryTake());
    }

    [Fact]
    public void The_wait_is_the_servers()
    {
        Assert.True(new RetryPolicy(3, new RetryBudget()).TryAgain(Refused, 1, null, out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(5), wait);
    }

    [Fact]
    public void Without_attempts_or_time_there_is_no_retry()
    {
        var policy = new RetryPolicy(3, new RetryBudget());

        Assert.False(policy.TryAgain(Refused, 3, null, out _));
        Assert.False(policy.TryAgain(Refused, 1, TimeSpan.FromMilliseconds(5), out _));
        Assert.True(policy.TryAgain(Refused, 1, TimeSpan.FromMilliseconds(6), out _));
    }

    [Fact]
    public void What_did_not_leave_this_process_goes_elsewhere_without_budget()
    {
        var budget = new RetryBudget();
        while (budget.TryTake())
        {
        }

        var policy = new RetryPolicy(3, budget);
        Assert.True(policy.TryAgain(new AttemptEnd(new InferenceStatus(StatusCode.Unavailable, "going"), AttemptFlags.NotSent), 1, null, out _));
        Assert.False(policy.TryAgain(Refused, 1, null, out _));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public void What_can_never_succeed_or_may_have_run_is_not_tried_again(StatusCode code) =>
        Assert.False(new RetryPolicy(3, new RetryBudget()).TryAgain(new AttemptEnd(new InferenceStatus(code, "no"), AttemptFlags.None), 1, null, out _));
}
