namespace Camshaft.GpuBenchmark;

/// <summary>How much is measured.</summary>
internal sealed record BenchmarkSizes
{
    /// <summary>For a GPU.</summary>
    public static BenchmarkSizes Real { get; } = new();

    /// <summary>For a GPU that is there for a few minutes: less of everything, and figures that vary more.</summary>
    public static BenchmarkSizes Quick { get; } = new()
    {
        CopyByteSizes = [1 << 20, 64 << 20],
        CopyRounds = 11,
        LatencyRounds = 2_000,
        CompletionRounds = 2_000,
        NeighbourRounds = 1_000,
        NeighbourTime = TimeSpan.FromSeconds(3),
        LaneCounts = [1, 4, 16],
        Duration = TimeSpan.FromSeconds(0.5),
        Cycles = 1_000,
        CyclesBefore = 200,
        PartTime = TimeSpan.FromSeconds(25),
    };

    /// <summary>For a simulated one: all that counts there is that everything runs.</summary>
    public static BenchmarkSizes Simulated { get; } = new()
    {
        CopyByteSizes = [4096, 65536],
        CopyRounds = 3,
        LatencyRounds = 50,
        CompletionRounds = 50,
        NeighbourRounds = 50,
        LongMatrix = 24,
        ShortMatrix = 16,
        Vector = 300,
        SmallVector = 32,
        LaneCounts = [1, 2, 16],
        Duration = TimeSpan.FromMilliseconds(20),
        LeastBatches = 4,
        Cycles = 60,
        CyclesBefore = 5,
    };

    /// <summary>The bytes of one copy.</summary>
    public IReadOnlyList<int> CopyByteSizes { get; init; } = [1 << 20, 16 << 20, 256 << 20];

    /// <summary>How often each copy is made; the median counts.</summary>
    public int CopyRounds { get; init; } = 31;

    /// <summary>How many batches tell a latency.</summary>
    public int LatencyRounds { get; init; } = 10_000;

    /// <summary>How many batches tell how the end of one is learnt, for each way and number of lanes.</summary>
    public int CompletionRounds { get; init; } = 10_000;

    /// <summary>How many batches tell the latency beside a neighbour.</summary>
    public int NeighbourRounds { get; init; } = 3_000;

    /// <summary>How long each latency beside a neighbour is measured at most.</summary>
    public TimeSpan NeighbourTime { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Rows and columns of the matrices whose product takes long.</summary>
    public int LongMatrix { get; init; } = 2048;

    /// <summary>Rows and columns of the matrices that are multiplied on many lanes.</summary>
    public int ShortMatrix { get; init; } = 1024;

    /// <summary>The length of the vectors that are added on many lanes.</summary>
    public int Vector { get; init; } = 1 << 20;

    /// <summary>The length of the vectors of the model that wants to be quick.</summary>
    public int SmallVector { get; init; } = 1024;

    /// <summary>On how many lanes models run.</summary>
    public IReadOnlyList<int> LaneCounts { get; init; } = [1, 2, 4, 8, 16];

    /// <summary>How long busy lanes are watched.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many batches each busy model has run at least while it is watched.</summary>
    public int LeastBatches { get; init; } = 20;

    /// <summary>How long a part may take; what it has by then it reports.</summary>
    public TimeSpan PartTime { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How often a model is loaded and unloaded.</summary>
    public int Cycles { get; init; } = 10_000;

    /// <summary>How often it is before memory is looked at for the first time.</summary>
    public int CyclesBefore { get; init; } = 1_000;

    /// <summary>How long some parts take together, unless a call of the driver never returns: each ends a measurement that it is in when its time is over.</summary>
    public TimeSpan MostTime(int partCount) => (PartTime * partCount) + TimeSpan.FromMinutes(1);
}
