namespace Camshaft.LiveConsole.Views;

/// <summary>A version of a model in one line. Numbers are rounded to what is shown, so that a row that looks the same is the same.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The version's number; null when the model has none.</param>
/// <param name="State">Where it is in its life, in lower case.</param>
internal sealed record ModelRow(string Name, long? Version, string State)
{
    /// <summary>Tells it from all others.</summary>
    public string Key { get; } = $"{Name}/{Version}";

    /// <summary>Why it is in that state, when that is no good one.</summary>
    public string? Reason { get; init; }

    /// <summary>The backend that runs it.</summary>
    public string? Backend { get; init; }

    /// <summary>The device, such as <c>cpu:0</c>.</summary>
    public string? Device { get; init; }

    /// <summary>Requests that ended, a second.</summary>
    public double Rate { get; init; }

    /// <summary>Those among them that failed, a second.</summary>
    public double ErrorRate { get; init; }

    /// <summary>The median latency in milliseconds; null without requests.</summary>
    public double? P50 { get; init; }

    /// <summary>The latency that 99 of 100 keep, in milliseconds; null without requests.</summary>
    public double? P99 { get; init; }

    /// <summary>How many requests wait.</summary>
    public int Queue { get; init; }

    /// <summary>How many may.</summary>
    public int QueueLimit { get; init; }

    /// <summary>How many batches run.</summary>
    public int Running { get; init; }

    /// <summary>The mean rows of a batch; null when none ran.</summary>
    public double? Batch { get; init; }

    /// <summary>What it takes of host and device memory, in bytes.</summary>
    public long Memory { get; init; }

    /// <summary>Requests that ended since the server knows the version.</summary>
    public long Requests { get; init; }

    /// <summary>Those among them that failed.</summary>
    public long Failures { get; init; }

    /// <summary>The latency objective in milliseconds; null = there is none.</summary>
    public double? Objective { get; init; }

    /// <summary>How many answers of a hundred are to keep it.</summary>
    public double? Percentile { get; init; }

    /// <summary>How many did within the last seconds; null without an objective or requests.</summary>
    public double? Kept { get; init; }

    /// <summary>What is left of the error budget that has less left: 1 = all, below 0 = overspent; null without an objective.</summary>
    public double? Budget { get; init; }

    /// <summary>How the objective is, in lower case, the worse of its two promises; null without one.</summary>
    public string? Health { get; init; }
}
