namespace Camshaft.LiveConsole.Views;

/// <summary>How a version's requests join, and what was derived from its profile and objective.</summary>
/// <param name="MaxRows">The most rows of a batch; 1 = requests run alone.</param>
/// <param name="Reason">Why.</param>
internal sealed record BatchingView(int MaxRows, string Reason)
{
    /// <summary>The class of the lanes that run it, in lower case.</summary>
    public string? Lanes { get; init; }

    /// <summary>How many rows its batches should have.</summary>
    public int? TargetRows { get; init; }

    /// <summary>How long a run with so many rows takes, in milliseconds.</summary>
    public double? RunTime { get; init; }

    /// <summary>How long a request may wait and still keep the objective, in milliseconds; null = there is none.</summary>
    public double? QueueDeadline { get; init; }
}
