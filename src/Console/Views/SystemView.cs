namespace Camshaft.LiveConsole.Views;

/// <summary>The process at one moment. Times of a second are over the last seconds.</summary>
internal sealed record SystemView
{
    /// <summary>When, in seconds since 1970.</summary>
    public double Time { get; init; }

    /// <summary>How long the engine has lived, in seconds.</summary>
    public double Uptime { get; init; }

    /// <summary>Whether it takes requests.</summary>
    public bool IsReady { get; init; }

    /// <summary>Requests that ended, a second, over all models.</summary>
    public double Rate { get; init; }

    /// <summary>Those among them that failed, a second.</summary>
    public double ErrorRate { get; init; }

    /// <summary>How many processors' time the process takes.</summary>
    public double Processors { get; init; }

    /// <summary>How many processors there are.</summary>
    public int ProcessorCount { get; init; }

    /// <summary>Memory by pool, in bytes.</summary>
    public MemoryView Memory { get; init; } = new();

    /// <summary>Milliseconds of a second in which garbage collections held all threads.</summary>
    public double PauseTime { get; init; }

    /// <summary>Collections by generation since the process began.</summary>
    public IReadOnlyList<int> Collections { get; init; } = [];

    /// <summary>Bytes allocated on the managed heap, a second.</summary>
    public double AllocationRate { get; init; }

    /// <summary>Threads of the thread pool.</summary>
    public int PoolThreads { get; init; }

    /// <summary>Work items that wait for one of them.</summary>
    public long PoolQueue { get; init; }

    /// <summary>The lanes of every device.</summary>
    public IReadOnlyList<LaneView> Lanes { get; init; } = [];

    /// <summary>The GPUs.</summary>
    public IReadOnlyList<GpuView> Gpus { get; init; } = [];

    /// <summary>What is wrong with plugins and lanes, for people.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
