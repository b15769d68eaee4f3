using Camshaft.Engine.Alerts;
using Camshaft.Engine.Models;
using Camshaft.Engine.Plugins;
using Camshaft.Engine.Scheduling.Runs;

namespace Camshaft.Engine.Telemetry.Snapshots;

/// <summary>The engine at one moment, as far as it can be counted. Its parts are read one after another, so that they may be some microseconds apart.</summary>
public sealed record EngineSnapshot
{
    /// <summary>When it was taken.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When that was by the engine's clock, from which rates are computed: it never jumps.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Whether the engine takes requests.</summary>
    public required bool IsReady { get; init; }

    /// <summary>Every model that is known, those included whose configuration is at fault and which have no version.</summary>
    public required IReadOnlyList<ModelEntry> Entries { get; init; }

    /// <summary>Every version that is known, by model and number, those included that are not in memory.</summary>
    public required IReadOnlyList<ModelSnapshot> Models { get; init; }

    /// <summary>The lanes of every device.</summary>
    public required IReadOnlyList<LaneSnapshot> Lanes { get; init; }

    /// <summary>The devices beside the processors.</summary>
    public IReadOnlyList<AcceleratorSnapshot> Accelerators { get; init; } = [];

    /// <summary>The runs that were given up and go on.</summary>
    public required IReadOnlyList<AbandonedRun> AbandonedRuns { get; init; }

    /// <summary>The plugins, those that failed included.</summary>
    public required IReadOnlyList<PluginInfo> Plugins { get; init; }

    /// <summary>Its alerts and objectives; empty where nobody watches them.</summary>
    public AlertBoard Alerts { get; init; } = AlertBoard.Empty;

    /// <summary>The engine's memory.</summary>
    public required MemorySnapshot Memory { get; init; }

    /// <summary>The runtime.</summary>
    public required RuntimeSnapshot Runtime { get; init; }
}
