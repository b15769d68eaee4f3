using Camshaft.Engine.Objectives;

namespace Camshaft.Engine.Alerts;

/// <summary>Alerts and objectives at one moment. Immutable.</summary>
public sealed record AlertBoard
{
    /// <summary>A board on which nothing stands.</summary>
    public static AlertBoard Empty { get; } = new();

    /// <summary>When it was made.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The alerts that are pending or fire: those that fire first, the most severe among them first.</summary>
    public IReadOnlyList<Alert> Active { get; init; } = [];

    /// <summary>The alerts that were resolved in the last quarter of an hour, at most 64, the newest first.</summary>
    public IReadOnlyList<Alert> Resolved { get; init; } = [];

    /// <summary>How models keep their objectives, by the models' names; only models that have one.</summary>
    public IReadOnlyList<ModelObjectives> Objectives { get; init; } = [];

    /// <summary>How the ways do by which alerts leave the server.</summary>
    public IReadOnlyList<AlertRouteStatus> Routes { get; init; } = [];

    /// <summary>How many conditions are on no board since there were too many alerts.</summary>
    public long LeftOut { get; init; }
}
