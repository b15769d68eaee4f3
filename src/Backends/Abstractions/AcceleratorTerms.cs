namespace Camshaft.Backends;

/// <summary>What a model is to have of an accelerator.</summary>
/// <param name="Owner">The model, as messages name it.</param>
public sealed record AcceleratorTerms(string Owner)
{
    /// <summary>Its priority beside other models; 1 = highest, 100 = as usual.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>The part of the processors that are its own: its work runs there and nowhere else, and no other model's share has any of them; 0 = none of its own.</summary>
    public double ProcessorShare { get; init; }

    /// <summary>The model of which it is a version: versions that are loaded at once have a <see cref="ProcessorShare"/> of the same size in common. Null = it shares with none.</summary>
    public string? Model { get; init; }

    /// <summary>How many bytes of the device's memory it and its batches may take.</summary>
    public long MemoryLimit { get; init; } = long.MaxValue;

    /// <summary>How many lanes it may have at the same time.</summary>
    public int LaneCount { get; init; } = 1;
}
