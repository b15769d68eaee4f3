using System.Runtime.CompilerServices;

namespace Camshaft.Engine.Telemetry;

/// <summary>The times of a request's stages, by <see cref="RequestStage"/>.</summary>
[InlineArray((int)RequestStage.Total + 1)]
internal struct StageTimes
{
#pragma warning disable IDE0044, IDE0051 // The one element that an inline array repeats.
    private TimeSpan _first;
#pragma warning restore IDE0044, IDE0051

    public StageTimes(in RequestTimings timings, long ticksPerSecond)
    {
        for (var stage = RequestStage.Receive; stage <= RequestStage.Total; stage++)
        {
            this[(int)stage] = TimeSpan.FromSeconds((double)timings.GetTicks(stage) / ticksPerSecond);
        }
    }
}
