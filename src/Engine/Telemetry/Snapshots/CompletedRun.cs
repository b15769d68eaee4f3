namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>A batch that has run on a lane.</summary>
/// <param name="ModelName">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Device">The lane's device, such as <c>cuda:0</c>.</param>
/// <param name="Lane">The lane's name, as <see cref="LaneSnapshot.Name"/>.</param>
/// <param name="Rows">How many rows it had.</param>
/// <param name="Taken">When the lane took it.</param>
/// <param name="Started">When the backend was called.</param>
/// <param name="Ended">When the backend was done.</param>
/// <param name="Succeeded">Whether it ran well.</param>
public readonly record struct CompletedRun(
    string ModelName, long Version, string Device, string Lane, int Rows, DateTimeOffset Taken, DateTimeOffset Started, DateTimeOffset Ended, bool Succeeded);
