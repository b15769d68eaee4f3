namespace Camshaft.LiveConsole.Views;

/// <summary>Some seconds in the life of a version.</summary>
/// <param name="Number">Its place in time: columns are numbered from the server's start.</param>
/// <param name="Rate">Requests that ended, a second.</param>
/// <param name="ErrorRate">Those among them that failed.</param>
/// <param name="Queue">Requests that waited at its end.</param>
/// <param name="Memory">What the version took at its end, in bytes.</param>
internal sealed record ColumnView(long Number, double Rate, double ErrorRate, int Queue, long Memory)
{
    /// <summary>The median latency in milliseconds; null without requests.</summary>
    public double? P50 { get; init; }

    /// <summary>The latency that 99 of 100 kept, in milliseconds.</summary>
    public double? P99 { get; init; }

    /// <summary>The mean rows of a batch.</summary>
    public double? Batch { get; init; }

    /// <summary>What each stage took in the mean, in milliseconds, in their order; null without requests.</summary>
    public IReadOnlyList<double>? Stages { get; init; }

    /// <summary>How many requests fell into each row of the heat map: row, count, row, count.</summary>
    public IReadOnlyList<long>? Heat { get; init; }
}
