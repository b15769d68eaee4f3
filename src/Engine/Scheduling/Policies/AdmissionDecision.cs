namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>Whether a request may queue.</summary>
/// <param name="IsAdmitted">Whether it may.</param>
/// <param name="RetryAfterTicks">If not: after how long it could be met, as far as can be told, in ticks of the engine's clock.</param>
public readonly record struct AdmissionDecision(bool IsAdmitted, long RetryAfterTicks)
{
    /// <summary>It may queue.</summary>
    public static AdmissionDecision Admitted { get; } = new(true, 0);

    /// <summary>It would be late.</summary>
    public static AdmissionDecision Refused(long retryAfterTicks) => new(false, retryAfterTicks);
}
