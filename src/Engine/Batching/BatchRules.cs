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

    /// <summary>Whether a request can run right behind the last of a batch.</summary>
    /// <param name="head">The batch's first.</param>
    /// <param name="last">Its last.</param>
    /// <param name="next">The one that would join.</param>
    /// <param name="rows">How many rows the batch has.</param>
    /// <param name="rowLimit">How many it may have.</param>
    public static bool CanJoin(InferenceRequest head, InferenceRequest last, InferenceRequest next, int rows, int rowLimit)
    {
        if (rows + next.RowCount > rowLimit || head.RunsAlone || next.RunsAlone || next.Slab != last.Slab)
        {
            return false;
        }

        var liesBehind = next.Slab is null ? IsSmall(next) : next.SlabRow == last.SlabRow + last.RowCount;
        return liesBehind && SharesInputs(head, next);
    }

    private static bool IsSmall(InferenceRequest request)
    {
        long byteSize = 0;
        foreach (var input in request.Inputs)
        {
            byteSize += input.IsPresent ? input.ByteSize : 0;
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
