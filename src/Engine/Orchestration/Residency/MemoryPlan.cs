namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>How memory is divided where the options leave that open.</summary>
/// <param name="TensorByteSize">For tensors of requests.</param>
/// <param name="ModelByteSize">For models; <see cref="long.MaxValue"/> = no bound.</param>
internal readonly record struct MemoryPlan(long TensorByteSize, long ModelByteSize)
{
    private const long MostForTensors = 1L << 30;

    // The runtime, its heap, connections and code; in the order of a hundred MB, and more in larger servers.
    private const long LeastForProgram = 128L << 20;
    private const int ProgramPart = 10;
    private const int TensorPart = 4;

    /// <summary>Makes a plan.</summary>
    /// <param name="options">What is given, stays.</param>
    /// <param name="containerLimit">The memory that the container may use; null = there is no limit.</param>
    public static MemoryPlan Make(EngineOptions options, long? containerLimit)
    {
        if (containerLimit is not { } limit)
        {
            return new MemoryPlan(options.TensorMemoryBudgetBytes ?? MostForTensors, options.ModelMemoryBudgetBytes ?? long.MaxValue);
        }

        var tensors = options.TensorMemoryBudgetBytes ?? Math.Max(1, Math.Min(MostForTensors, limit / TensorPart));
        var rest = limit - tensors - Math.Max(LeastForProgram, limit / ProgramPart);
        return new MemoryPlan(tensors, options.ModelMemoryBudgetBytes ?? Math.Max(1, rest));
    }
}
