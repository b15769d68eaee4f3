using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Batching;

/// <summary>Which requests may run together. They are of one bucket, and so of the same shapes.</summary>
internal static class BatchRules
{
    // Joining rows that do not lie together costs a copy. Up to that size it is cheaper than a run of its own; what is
    // larger lies in a slab, unless it came in slowly, and then there is no load.
    private const long LargestGatheredRow = 1 << 20;

    // What all rows share is compared for each request that joins; it is a sampling rate or a flag.
    private const int LargestShared = 256;

    /// <summary>Whether a request can run with a batch that has room for its rows.</summary>
    /// <param name="one">Any of the batch.</param>
    /// <param name="before">The one behind which its rows have to lie; null = none, since the device brings the rows together.</param>
    /// <param name="next">The one that would join.</param>
    public static bool CanJoin(InferenceRequest one, InferenceRequest? before, InferenceRequest next)
    {
        if (one.RunsAlone || next.RunsAlone)
        {
            return false;
        }

        var liesBehind = next.Slab is null ? before?.Slab is null && IsSmall(next)
            : before is null || (next.Slab == before.Slab && next.SlabRow == before.SlabRow + before.RowCount);
        return liesBehind && SharesInputs(one, next);
    }

    private static bool IsSmall(InferenceRequest request)
    {
        long byteSize = 0;
        foreach (var input in request.Inputs)
        {
            // Copies on the device are no matter beside those on the host.
            byteSize += input is { IsPresent: true, IsOnDevice: false } ? input.ByteSize : 0;
        }

        return byteSize <= LargestGatheredRow * request.RowCount;
    }

    private static bool SharesInputs(InferenceRequest one, InferenceRequest other)
    {
        for (var i = 0; i < one.Inputs.Length; i++)
        {
            if (one.Batching.GetInputAxis(i) == BatchAxes.NoAxis && one.Inputs[i].IsPresent
                && (one.Inputs[i].ByteSize > LargestShared || !one.Inputs[i].View.Bytes.SequenceEqual(other.Inputs[i].View.Bytes)))
            {
                return false;
            }
        }

        return true;
    }
}
