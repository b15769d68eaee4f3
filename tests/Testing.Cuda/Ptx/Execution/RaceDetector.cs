namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>
/// Knows who touched each byte last. Two threads touch one, one of them writes, and no barrier of their block is between: that is a race,
/// in whatever order they happen to run here. Threads of different blocks have no barrier. That all threads of a warp go in step is not
/// counted on, as GPUs since sm_70 do not promise it.
/// </summary>
internal sealed class RaceDetector(string memory, int byteSize)
{
    // More than one block or thread.
    private const int Several = -1;

    private readonly Access[] _writes = new Access[byteSize];
    private readonly Access[] _reads = new Access[byteSize];

    /// <summary>Notes what a thread touches.</summary>
    /// <exception cref="Misuse">It is a race with what was noted before.</exception>
    public void Check(PtxThread thread, int offset, int length, bool isWrite)
    {
        for (var i = offset; i < offset + length; i++)
        {
            ThrowIfRace(thread, _writes[i], isWrite, isOtherWrite: true);
            if (isWrite)
            {
                ThrowIfRace(thread, _reads[i], isWrite, isOtherWrite: false);
                _writes[i] = Access.By(thread);
            }
            else
            {
                _reads[i] = Join(_reads[i], Access.By(thread));
            }
        }
    }

    public void Clear()
    {
        _writes.AsSpan().Clear();
        _reads.AsSpan().Clear();
    }

    private static Access Join(Access before, Access now)
    {
        if (before.Line == 0 || (before.Block == now.Block && before.Barrier != now.Barrier))
        {
            return now;
        }

        return now with
        {
            Block = before.Block == now.Block ? now.Block : Several,
            Thread = before.Block == now.Block && before.Thread == now.Thread ? now.Thread : Several,
        };
    }

    private void ThrowIfRace(PtxThread thread, Access other, bool isWrite, bool isOtherWrite)
    {
        if (other.Line == 0 || (other.Block == thread.Block.Number && (other.Barrier != thread.Block.BarrierCount || other.Thread == thread.Number)))
        {
            return;
        }

        throw thread.Fault(
            $"data race in {memory}: this {(isWrite ? "writes" : "reads")} what line {other.Line} {(isOtherWrite ? "writes" : "reads")} in another thread, and no barrier is between them");
    }

    // Line 0 = nobody.
    private readonly record struct Access(int Block, int Thread, int Barrier, int Line)
    {
        public static Access By(PtxThread thread) => new(thread.Block.Number, thread.Number, thread.Block.BarrierCount, thread.Current.Line);
    }
}
