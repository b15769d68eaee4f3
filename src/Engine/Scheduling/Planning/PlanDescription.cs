using Camshaft.Engine.Scheduling.Lanes;

namespace Camshaft.Engine.Scheduling.Planning;

/// <summary>What the server derived for a model from its measured runs and its objective, as of now.</summary>
/// <param name="Lanes">The lanes that run it.</param>
/// <param name="TargetRows">How many rows its batches should have.</param>
/// <param name="RunTime">How long a run with so many rows takes: median.</param>
/// <param name="SlowRunTime">The same: 95th percentile.</param>
/// <param name="QueueDeadline">How long a request may wait and still meet the objective; null = there is none.</param>
public sealed record PlanDescription(LaneClass Lanes, int TargetRows, TimeSpan RunTime, TimeSpan SlowRunTime, TimeSpan? QueueDeadline);
