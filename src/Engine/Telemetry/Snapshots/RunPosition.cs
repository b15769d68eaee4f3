namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>How far a reader has come among the runs of each device.</summary>
public sealed class RunPosition
{
    internal RunPosition(IReadOnlyList<long> byDevice) => ByDevice = byDevice;

    internal IReadOnlyList<long> ByDevice { get; }
}
