namespace Camshaft.Backends;

/// <summary>What a model is to have of an accelerator.</summary>
/// <param name="Owner">The model, as messages name it.</param>
public sealed record AcceleratorTerms(string Owner)
{
    /// <summary>Its priority beside other models; 1 = highest, 100 = as usual.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>The part of the processors that its work runs on, and no other of its work anywhere else; 0 = all of them, together with others.</summary>
    public double ProcessorShare { get; init; }

    /// <summary>How many bytes of the device's memory it and its batches may take.</summary>
    public long MemoryLimit { get; init; } = long.MaxValue;

    /// <summary>How many lanes it may have at the same time.</summary>
    public int LaneCount { get; init; } = 1;
}
