using System.Text.Json.Nodes;

namespace Camshaft.Server.CommandLine.Top;

/// <summary>A version of a model, as the server's console describes it.</summary>
internal sealed record TopRow
{
    public required string Name { get; init; }

    public long? Version { get; init; }

    public required string State { get; init; }

    public string? Reason { get; init; }

    public string? Device { get; init; }

    public double Rate { get; init; }

    public double ErrorRate { get; init; }

    public double? P50 { get; init; }

    public double? P99 { get; init; }

    public int Queue { get; init; }

    public double? Batch { get; init; }

    public long Memory { get; init; }

    public double? Objective { get; init; }

    public double? Percentile { get; init; }

    public double? Kept { get; init; }

    /// <summary>Reads it from the console's JSON.</summary>
    public static TopRow Read(JsonNode row) => new()
    {
        Name = (string)row["name"]!,
        Version = (long?)row["version"],
        State = (string)row["state"]!,
        Reason = (string?)row["reason"],
        Device = (string?)row["device"],
        Rate = (double)row["rate"]!,
        ErrorRate = (double)row["errorRate"]!,
        P50 = (double?)row["p50"],
        P99 = (double?)row["p99"],
        Queue = (int)row["queue"]!,
        Batch = (double?)row["batch"],
        Memory = (long)row["memory"]!,
        Objective = (double?)row["objective"],
        Percentile = (double?)row["percentile"],
        Kept = (double?)row["kept"],
    };
}
