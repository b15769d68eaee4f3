using Camshaft.Engine.Scheduling;

namespace Camshaft.Engine.Tests.Scheduling;

public sealed class FifoPolicyTests
{
    private readonly FifoPolicy _policy = new();

    [Fact]
    public void The_oldest_head_runs_first()
    {
        QueueState[] queues = [Waiting(sequence: 3), Waiting(sequence: 1), Waiting(sequence: 2)];

        Assert.Equal(1, _policy.Decide(queues, 0).Queue);
    }

    [Fact]
    public void A_model_at_its_concurrency_limit_is_passed_over()
    {
        QueueState[] queues = [Waiting(sequence: 1) with { Running = 1 }, Waiting(sequence: 2)];

        Assert.Equal(1, _policy.Decide(queues, 0).Queue);
    }

    [Fact]
    public void Nothing_waiting_means_idle() => Assert.Equal(SchedulingDecision.Idle, _policy.Decide([default, default], 0));

    private static QueueState Waiting(long sequence) => new() { Depth = 1, ConcurrencyLimit = 1, HeadSequence = sequence };
}
