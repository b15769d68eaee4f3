namespace Camshaft.Transport.Binary;

/// <summary>What of shared memory is offered to clients on the same machine, and how much of it they may have. Immutable.</summary>
public sealed record SharedMemoryOptions
{
    /// <summary>Whether clients may register memory by its name: on Unix sockets, and over TCP from the loopback address. Default: true.</summary>
    public bool OffersNamed { get; init; } = true;

    /// <summary>Whether clients may register sealed memory by its descriptor, on Unix sockets of a host that receives such. Default: true.</summary>
    public bool OffersSealed { get; init; } = true;

    /// <summary>
    /// Whether clients may register memory of the server's GPUs by its handle: on Unix sockets, and over TCP from the loopback address. Of use where there is a GPU that opens
    /// handles. Default: true.
    /// </summary>
    public bool OffersCuda { get; init; } = true;

    /// <summary>Whether tensors in sealed memory and in GPUs' are used where they lie, while their owner can change them; otherwise they are copied. Default: true.</summary>
    public bool UsesInPlace { get; init; } = true;

    /// <summary>How many regions a connection may have. Default: 64.</summary>
    public int RegionLimit { get; init; } = 64;

    /// <summary>How many bytes the regions of a connection may have together. Default: 1 GiB.</summary>
    public long RegionByteSizeLimit { get; init; } = 1L << 30;

    /// <summary>How many regions all connections may have together. Default: 4,096.</summary>
    public int ServerRegionLimit { get; init; } = 4096;
}
