namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>
/// One block of a launch. Its threads run a few instructions each, in an order that comes from the seed, until all of them wait at the
/// same barrier or have ended. Used again for the next block.
/// </summary>
internal sealed class PtxBlock
{
    // How many instructions a thread runs at most before another has its turn.
    private const int LongestTurn = 32;

    // Some seconds: whoever needs more does not end.
    private const long MostInstructions = 50_000_000;

    private readonly Random _random;
    private readonly List<PtxThread> _threads;
    private readonly List<PtxThread> _running = [];

    public PtxBlock(PtxLaunch launch, Random random)
    {
        Launch = launch;
        _random = random;
        Shared = new SharedMemory(launch.Kernel.Shared, launch.SharedByteSize);
        _threads = [.. Enumerable.Range(0, (int)(launch.Block.X * launch.Block.Y * launch.Block.Z)).Select(number => new PtxThread(this, number))];
    }

    public PtxLaunch Launch { get; }

    public SharedMemory Shared { get; }

    /// <summary>Its place among the blocks, x first.</summary>
    public int Number { get; private set; }

    public (uint X, uint Y, uint Z) Place { get; private set; }

    /// <summary>How many barriers its threads have passed.</summary>
    public int BarrierCount { get; private set; }

    /// <summary>Runs the block of a place.</summary>
    public void Run(int number)
    {
        Number = number;
        Place = ((uint)number % Launch.Grid.X, (uint)number / Launch.Grid.X % Launch.Grid.Y, (uint)number / Launch.Grid.X / Launch.Grid.Y);
        BarrierCount = 0;
        Shared.Clear();
        _threads.ForEach(static thread => thread.Begin());
        var left = MostInstructions;
        do
        {
            left = RunToBarrier(left);
        }
        while (PassBarrier());
    }

    private long RunToBarrier(long left)
    {
        _running.AddRange(_threads);
        while (_running.Count > 0)
        {
            var index = _random.Next(_running.Count);
            var thread = _running[index];
            for (var turn = _random.Next(LongestTurn) + 1; turn > 0 && thread is { HasEnded: false, Barrier: null }; turn--)
            {
                thread.Step();
                if (--left == 0)
                {
                    throw thread.Fault($"its block has run {MostInstructions} instructions and has not ended");
                }
            }

            if (thread.HasEnded || thread.Barrier is not null)
            {
                _running[index] = _running[^1];
                _running.RemoveAt(_running.Count - 1);
            }
        }

        return left;
    }

    // Threads that have ended are missed too: a GPU may hang, or go on with what is not there yet.
    private bool PassBarrier()
    {
        if (_threads.Find(static thread => thread.Barrier is not null) is not { } first)
        {
            return false;
        }

        var waiting = _threads.Count(thread => thread.Barrier == first.Barrier);
        if (waiting != _threads.Count)
        {
            throw first.Fault($"{waiting} of {_threads.Count} threads wait at this barrier; the others have ended, or wait at another");
        }

        _threads.ForEach(static thread => thread.Barrier = null);
        BarrierCount++;
        return true;
    }
}
