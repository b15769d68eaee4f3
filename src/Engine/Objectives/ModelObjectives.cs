using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Objectives;

/// <summary>How a model keeps its service level objective. Immutable.</summary>
/// <param name="ModelName">The model; all of its versions count.</param>
/// <param name="Objective">What is promised.</param>
/// <param name="Observed">How much of the window has been seen yet: the rest is from before the server started.</param>
/// <param name="Latency">Where the latency stands.</param>
/// <param name="Availability">Where the availability stands.</param>
public sealed record ModelObjectives(string ModelName, LatencyObjective Objective, TimeSpan Observed, ObjectiveState Latency, ObjectiveState Availability)
{
    /// <summary>Both promises.</summary>
    public IEnumerable<ObjectiveState> States => [Latency, Availability];
}
