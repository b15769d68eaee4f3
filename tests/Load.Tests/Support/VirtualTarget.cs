using Camshaft.Load.Plans;
using Camshaft.Load.Targets;

namespace Camshaft.Load.Tests.Support;

/// <summary>A server in virtual time whose latencies are known exactly.</summary>
/// <param name="clock">The time.</param>
/// <param name="findAnswerTime">When the answer comes to a request that is sent then.</param>
internal sealed class VirtualTarget(VirtualClock clock, Func<long, long> findAnswerTime) : ITarget, ITargetModel
{
    public string Address => "virtual://";

    public bool IsInProcess => true;

    /// <summary>How a request ends; well, unless a test says otherwise.</summary>
    public Func<SendResult> Result { get; init; } = static () => SendResult.Ok;

    public Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ITargetModel>>([.. models.Select(_ => this)]);

    public ValueTask<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        // Goes on in the event itself, at the very moment.
        var answer = new TaskCompletionSource<SendResult>();
        clock.Schedule(findAnswerTime(clock.Now), () => answer.SetResult(Result()));
        return new(answer.Task);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
