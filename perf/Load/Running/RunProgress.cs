namespace Camshaft.Load.Running;

/// <summary>How a run goes, told once a second.</summary>
/// <param name="Elapsed">Since its start.</param>
/// <param name="Total">How long it takes, warm-up included.</param>
/// <param name="IsWarmingUp">Whether nothing is measured yet.</param>
/// <param name="AnswersPerSecond">Answers as they should be, during the last second; during warm-up nothing is counted.</param>
/// <param name="Errors">Errors so far.</param>
/// <param name="InFlight">Requests that are unanswered now.</param>
public sealed record RunProgress(TimeSpan Elapsed, TimeSpan Total, bool IsWarmingUp, double AnswersPerSecond, long Errors, int InFlight);
