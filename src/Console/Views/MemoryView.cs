namespace Camshaft.LiveConsole.Views;

/// <summary>Memory by pool, in bytes.</summary>
internal sealed record MemoryView
{
    /// <summary>Physical memory of the process.</summary>
    public long Resident { get; init; }

    /// <summary>What models take.</summary>
    public long Models { get; init; }

    /// <summary>What they may take; null = no bound.</summary>
    public long? ModelBudget { get; init; }

    /// <summary>Tensors of requests: reserved or leased.</summary>
    public long Tensors { get; init; }

    /// <summary>What the pool of tensors has taken from the system.</summary>
    public long TensorPool { get; init; }

    /// <summary>What tensors may take.</summary>
    public long TensorBudget { get; init; }

    /// <summary>The managed heap.</summary>
    public long Heap { get; init; }
}
