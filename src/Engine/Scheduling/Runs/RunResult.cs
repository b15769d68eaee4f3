using Camshaft.Backends;
using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling.Runs;

/// <summary>How a run on a lane ended. Times are in ticks of the engine's clock.</summary>
/// <param name="First">The first of its requests; the others follow by <see cref="InferenceRequest.NextInBatch"/>.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Rows">How many rows it had.</param>
/// <param name="EndTime">When it ended.</param>
/// <param name="WallTicks">How long it took.</param>
/// <param name="CpuTicks">The processor time of its thread, or how long an accelerator computed; 0 = not known.</param>
internal readonly record struct RunResult(InferenceRequest First, InferenceStatus Status, int Rows, long EndTime, long WallTicks, long CpuTicks)
{
    /// <summary>The device time that it took.</summary>
    public long DeviceTicks => CpuTicks > 0 ? CpuTicks : WallTicks;
}
