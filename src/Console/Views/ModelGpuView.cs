namespace Camshaft.LiveConsole.Views;

/// <summary>A version and the GPU on which it runs.</summary>
/// <param name="Device">Which, such as <c>cuda:0</c>.</param>
/// <param name="Name">The card's name.</param>
internal sealed record ModelGpuView(string Device, string Name)
{
    /// <summary>Why the GPU cannot be used any more; null while it can.</summary>
    public string? Fault { get; init; }

    /// <summary>The part of the last seconds, 0 to 1, in which the GPU computed for it.</summary>
    public double Share { get; init; }

    /// <summary>How long it has computed for it on the whole, in milliseconds.</summary>
    public double Time { get; init; }

    /// <summary>The device memory that it takes, in bytes; null while it is not there.</summary>
    public long? Memory { get; init; }

    /// <summary>The most that it took since the load.</summary>
    public long? Peak { get; init; }

    /// <summary>What it may take; null = as much as there is.</summary>
    public long? Limit { get; init; }
}
