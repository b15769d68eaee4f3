using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>What a lane does at one moment, and has done since it was made.</summary>
/// <param name="DeviceKind">The kind of its device.</param>
/// <param name="DeviceOrdinal">The device's number among those of its kind.</param>
/// <param name="Name">Its name, which no other lane of the device has: its class and its number, such as <c>short-1</c>.</param>
public sealed record LaneSnapshot(DeviceKind DeviceKind, int DeviceOrdinal, string Name)
{
    /// <summary>How long batches have had it, the present one included. What grows between two readings, over the time between them, is its utilisation.</summary>
    public TimeSpan BusyTime { get; init; }

    /// <summary>How many batches it has run.</summary>
    public long RunCount { get; init; }

    /// <summary>What runs on it; null while it is free.</summary>
    public ModelVersion? Model { get; init; }

    /// <summary>The rows of the batch that runs on it; 0 while it is free.</summary>
    public int Rows { get; init; }

    /// <summary>How long that batch has had it.</summary>
    public TimeSpan RunningFor { get; init; }

    /// <summary>Whether the run was given up and goes on: the lane takes no more.</summary>
    public bool IsAbandoned { get; init; }
}
