using Camshaft.Engine.Models;

namespace Camshaft.Engine.Scheduling.Runs;

/// <summary>
/// A run that was given up: nobody waits for it any more and its backend does not return. Until it does, the memory of its
/// requests stays out and its version stays loaded.
/// </summary>
/// <param name="Model">The version.</param>
/// <param name="RequestCount">How many requests were in its batch.</param>
/// <param name="LaneIndex">The place of its lane on the device.</param>
/// <param name="Since">When it was given up.</param>
public sealed record AbandonedRun(ModelVersion Model, int RequestCount, int LaneIndex, DateTimeOffset Since)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Model}: a run of {RequestCount} {(RequestCount == 1 ? "request" : "requests")} on lane {LaneIndex}, given up at {Since:u}";
}
