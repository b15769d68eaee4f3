using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>
/// Notices that a client is gone while its connection waits for tensor memory and does not read: the host says when nothing
/// more will arrive, and what had arrived until then says whether the client took its leave or was cut off. Belongs to the
/// receive loop.
/// </summary>
/// <param name="reader">The connection's bytes.</param>
/// <param name="memoryWait">The wait, given up for a client that is gone.</param>
/// <param name="closed">Set when nothing more will arrive. A client with more to send than the host takes in meanwhile is not noticed before the wait ends.</param>
internal sealed class DepartureWatch(FrameReader reader, MemoryWait memoryWait, CancellationToken closed)
{
    /// <summary>Waits for memory as long as there is somebody to have the answer.</summary>
    /// <param name="reserved">The wait.</param>
    /// <param name="rest">How many bytes the frame has that is waited for, without those that are consumed.</param>
    public async Task<InferenceStatus> WaitAsync(Task<InferenceStatus> reserved, long rest)
    {
        // Not with the token's exception, and not with the wait's result.
        await ((Task)reserved).WaitAsync(closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reserved.IsCompleted)
        {
            var isWaitedFor = false;
            try
            {
                isWaitedFor = await HasGoodbyeAsync(rest).ConfigureAwait(false);
            }
            finally
            {
                if (!isWaitedFor)
                {
                    memoryWait.GiveUp();
                    await reserved.ConfigureAwait(false);
                }
            }
        }

        return await reserved.ConfigureAwait(false);
    }

    /// <summary>Whether the client, which has sent everything that it will, said that it waits for its answers.</summary>
    private async Task<bool> HasGoodbyeAsync(long offset)
    {
        while (!reader.HasEnded)
        {
            await reader.ReadAheadAsync().ConfigureAwait(false);
        }

        while (offset + WireFormat.HeadByteSize <= reader.Buffered.Length)
        {
            if (!TryReadHead(offset, out var frame))
            {
                return false;
            }

            if (frame.Kind == FrameKind.GoAway)
            {
                return true;
            }

            offset += frame.FrameByteSize;
        }

        return false;
    }

    private bool TryReadHead(long offset, out FrameHead frame)
    {
        using var head = new ContiguousBytes(reader.Buffered.Slice(offset), WireFormat.HeadByteSize);
        return FrameHead.TryRead(head.Span, out frame) == WireFault.None;
    }
}
